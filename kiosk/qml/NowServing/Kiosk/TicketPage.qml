// The issued ticket: its number, what to do next, whether it is printed, and how long the page stays.
import QtQuick
import QtQuick.Layouts
import NowServing
import NowServing.Kiosk.Core

FocusScope {
    id: page

    required property KioskModel kiosk
    readonly property Visit visit: kiosk.visit

    ColumnLayout {
        anchors.fill: parent
        spacing: Theme.mm(6)

        TicketCard {
            Layout.fillWidth: true
            Layout.fillHeight: true
            visit: page.visit
        }

        PlainText {
            objectName: "advice"
            Layout.fillWidth: true
            visible: !page.visit.call
            text: page.visit.advice
            color: Theme.ink
            font.pixelSize: Theme.largeText
            font.weight: Font.DemiBold
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
        }

        Rectangle {
            Layout.fillWidth: true
            Layout.preferredHeight: Math.max(Theme.smallestTouch, paper.implicitHeight + Theme.mm(6))
            radius: Theme.radius
            color: page.visit.unprinted ? Theme.warningSoft : (page.visit.printed ? Theme.goodSoft : Theme.ground)

            RowLayout {
                anchors.fill: parent
                anchors.leftMargin: Theme.mm(6)
                anchors.rightMargin: again.visible ? 0 : Theme.mm(6)
                spacing: Theme.mm(5)

                Item {
                    Layout.fillWidth: true
                }

                Icon {
                    name: "printer"
                    size: Theme.mm(12)
                }

                PlainText {
                    id: paper

                    objectName: "paper"
                    Layout.maximumWidth: page.width - Theme.mm(45) - (again.visible ? again.width : 0)
                    text: page.visit.printSentence
                    color: page.visit.unprinted ? Theme.warning : (page.visit.printed ? Theme.good : Theme.ink)
                    font.pixelSize: Theme.text
                    font.weight: Font.DemiBold
                    wrapMode: Text.Wrap
                    horizontalAlignment: Text.AlignLeft
                    Accessible.role: Accessible.AlertMessage
                    Accessible.name: text
                }

                Item {
                    Layout.fillWidth: true
                }

                BigButton {
                    id: again

                    objectName: "print again"
                    visible: page.visit.unprinted
                    text: qsTr("Print again")
                    onClicked: page.kiosk.reprint()
                }
            }
        }

        RowLayout {
            spacing: Theme.gap

            BigButton {
                objectName: "more time"
                text: qsTr("More time")
                onClicked: page.kiosk.more_time()
            }

            TimeBar {
                Layout.fillWidth: true
                Layout.alignment: Qt.AlignVCenter
                countdown: page.kiosk.countdown
            }

            BigButton {
                objectName: "done"
                main: true
                text: qsTr("Done")
                onClicked: page.kiosk.done()
            }
        }
    }
}
