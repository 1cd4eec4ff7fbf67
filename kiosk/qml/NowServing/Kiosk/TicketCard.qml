// The ticket on the screen: a large number, and the QR code of its page.
import QtQuick
import QtQuick.Layouts
import NowServing
import NowServing.Kiosk.Core

Rectangle {
    id: card

    required property Visit visit
    readonly property bool called: visit.call
    readonly property bool wide: width > height * 1.5
    readonly property bool roomy: height > Theme.mm(110)
    readonly property real codeSize: wide ? Math.min(Theme.mm(100), width * 0.3, height * 0.62) : Math.min(Theme.mm(110), width * 0.55, height * 0.34)

    radius: Theme.radius
    color: called ? Theme.call : Theme.surface
    border.color: called ? Theme.call : Theme.line
    border.width: Theme.border

    GridLayout {
        anchors.fill: parent
        anchors.margins: Theme.mm(6)
        columns: card.wide ? 2 : 1
        columnSpacing: Theme.mm(9)
        rowSpacing: Theme.mm(4)

        ColumnLayout {
            Layout.fillWidth: true
            Layout.fillHeight: true
            spacing: 0

            Item {
                visible: card.roomy
                Layout.fillHeight: true
            }

            PlainText {
                Layout.fillWidth: true
                text: card.visit.service
                color: card.called ? Theme.inkOnCall : Theme.quietInk
                font.pixelSize: Theme.largeText
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "number"
                Layout.fillWidth: true
                Layout.fillHeight: true
                Layout.minimumHeight: Theme.title
                Layout.preferredHeight: font.pixelSize
                Layout.maximumHeight: font.pixelSize * 1.2
                text: card.visit.label
                color: card.called ? Theme.inkOnCall : Theme.accent
                font.pixelSize: Theme.number * 1.45
                font.weight: Font.Bold
                fontSizeMode: Text.Fit
                minimumPixelSize: Theme.title
                verticalAlignment: Text.AlignVCenter
                horizontalAlignment: Text.AlignHCenter
                Accessible.role: Accessible.AlertMessage
                Accessible.name: qsTr("Your number is {number}").replace("{number}", text)
            }

            PlainText {
                objectName: "next"
                Layout.fillWidth: true
                visible: text
                text: card.visit.call || card.visit.ahead
                color: card.called ? Theme.inkOnCall : Theme.ink
                font.pixelSize: card.called || !card.wide && card.roomy ? Theme.title : Theme.largeText
                font.weight: Font.Bold
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                Accessible.role: Accessible.AlertMessage
                Accessible.name: text
            }

            Item {
                visible: card.roomy
                Layout.fillHeight: true
            }
        }

        ColumnLayout {
            Layout.alignment: Qt.AlignCenter
            Layout.fillWidth: !card.wide
            visible: card.visit.address
            spacing: Theme.mm(3)

            Rectangle {
                Layout.alignment: Qt.AlignHCenter
                Layout.preferredWidth: card.codeSize
                Layout.preferredHeight: card.codeSize
                color: Theme.surface
                radius: Theme.radius

                QrCode {
                    objectName: "code"
                    anchors.fill: parent
                    address: card.visit.address
                }
            }

            PlainText {
                Layout.alignment: Qt.AlignHCenter
                Layout.preferredWidth: card.wide ? card.codeSize + Theme.mm(4) : parent.width
                visible: card.height > Theme.mm(90)
                text: card.visit.follow
                color: card.called ? Theme.inkOnCall : Theme.quietInk
                font.pixelSize: Theme.text
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }
        }
    }
}
