// A station that does not belong to a hall yet: what it looks for, which one it is, the code to type in the console.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Arrival.Models

Window {
    id: root

    required property ArrivalModel arrival
    required property real inches
    readonly property bool asksForAddress: arrival.step === "looking" || arrival.step === "choosing" || arrival.step === "silent"

    function fit(): void {
        Theme.fit(width, height, inches);
    }

    width: 1280
    height: 800
    color: Theme.ground
    title: "Now Serving"
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()

    FocusScope {
        anchors.fill: parent
        focus: true
        LayoutMirroring.enabled: root.arrival.mirrored
        LayoutMirroring.childrenInherit: true

        Rectangle {
            id: head

            anchors { left: parent.left; right: parent.right; top: parent.top }
            height: Theme.mm(19)
            color: Theme.accent

            PlainText {
                anchors { left: parent.left; leftMargin: Theme.margin; verticalCenter: parent.verticalCenter }
                text: "Now Serving"
                color: Theme.inkOnAccent
                font { pixelSize: Theme.largeText; weight: Font.DemiBold }
            }
        }

        Column {
            id: middle

            anchors {
                left: parent.left
                right: parent.right
                leftMargin: Theme.margin
                rightMargin: Theme.margin
                top: head.bottom
                topMargin: Math.max(Theme.mm(8), (parent.height - head.height - height - address.height) * 0.4)
            }
            spacing: Theme.mm(7)

            PlainText {
                objectName: "lost"
                width: parent.width
                visible: text && root.arrival.pairs && root.arrival.step !== "out"
                text: root.arrival.lost
                color: Theme.ink
                font.pixelSize: Theme.text
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "found"
                width: parent.width
                visible: text && root.arrival.step === "code"
                text: root.arrival.found
                color: Theme.quietInk
                font { pixelSize: Theme.largeText; weight: Font.DemiBold }
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "mark"
                width: parent.width
                visible: root.arrival.mark && root.arrival.step === "code"
                text: qsTr("Mark of its certificate: %1. The console shows the same under Hall.").arg(root.arrival.mark)
                color: Theme.quietInk
                font { pixelSize: Theme.text; features: Theme.figures }
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "code"
                anchors.horizontalCenter: parent.horizontalCenter
                width: parent.width
                height: Math.min(Theme.mm(90), root.width / 6)
                visible: root.arrival.step === "code"
                text: root.arrival.code
                color: Theme.ink
                font { pixelSize: Theme.mm(90); weight: Font.Bold; features: Theme.figures; letterSpacing: Theme.mm(1) }
                fontSizeMode: Text.Fit
                minimumPixelSize: Theme.title
                horizontalAlignment: Text.AlignHCenter
                verticalAlignment: Text.AlignVCenter
                Accessible.role: Accessible.StaticText
                Accessible.name: text
            }

            PlainText {
                objectName: "title"
                width: parent.width
                text: {
                    switch (root.arrival.step) {
                    case "code":
                        return qsTr("In the console, open Set-up → Devices and type this code");
                    case "choosing":
                        return qsTr("Which hall is it?");
                    case "refused":
                        return qsTr("The administrator does not want this device here");
                    case "silent":
                        return root.arrival.why ? qsTr("No code right now") : qsTr("No answer");
                    case "out":
                        return root.arrival.farewell;
                    default:
                        return qsTr("Looking for your hall …");
                    }
                }
                color: Theme.ink
                font { pixelSize: root.arrival.step === "code" ? Theme.largeText : Theme.title; weight: Font.Bold }
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
                Accessible.role: Accessible.AlertMessage
                Accessible.name: text
            }

            PlainText {
                objectName: "detail"
                width: parent.width
                visible: text
                text: {
                    switch (root.arrival.step) {
                    case "code":
                        return qsTr("It lasts %n more minutes; then a new one comes by itself.", "", root.arrival.minutes);
                    case "refused":
                        return qsTr("If that was a mistake, ask for a new code.");
                    case "silent":
                        return root.arrival.why || qsTr("Nothing answers at %1. It keeps trying.").arg(root.arrival.found);
                    case "out":
                        return qsTr("It can be paired again, with this hall or with another one.");
                    case "choosing":
                        return "";
                    default:
                        return qsTr("It is found by itself where its backend is on the same network.");
                    }
                }
                color: Theme.quietInk
                font.pixelSize: root.arrival.step === "code" ? Theme.text : Theme.largeText
                wrapMode: Text.Wrap
                lineHeight: 1.15
                horizontalAlignment: Text.AlignHCenter
            }

            ListView {
                id: choices

                objectName: "choices"
                anchors.horizontalCenter: parent.horizontalCenter
                width: Math.min(parent.width, Theme.mm(260))
                // As many as there is room for; the others are flicked to.
                height: Math.min(contentHeight, Math.max(2 * Theme.smallestTouch, root.height - head.height - address.height - Theme.mm(52)))
                visible: root.arrival.step === "choosing"
                spacing: Theme.gap
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                model: root.arrival.choices
                delegate: ChoiceRow {
                    required property var modelData

                    objectName: "choice " + modelData.id
                    width: choices.width
                    name: modelData.name
                    about: modelData.about
                    onClicked: root.arrival.choose(modelData.id)
                }
            }

            BigButton {
                objectName: "main"
                anchors.horizontalCenter: parent.horizontalCenter
                visible: root.arrival.step === "refused" || root.arrival.step === "out"
                focus: visible
                main: true
                text: root.arrival.step === "out" ? qsTr("Pair it again") : qsTr("New code")
                onClicked: root.arrival.step === "out" ? root.arrival.pairAgain() : root.arrival.again()
            }

            BigButton {
                objectName: "elsewhere"
                anchors.horizontalCenter: parent.horizontalCenter
                visible: root.arrival.step === "code" || root.arrival.step === "silent" || root.arrival.step === "refused"
                text: qsTr("Another hall …")
                onClicked: root.arrival.lookAgain()
            }
        }

        AddressEntry {
            id: address

            anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: Theme.margin }
            width: Math.min(parent.width - 2 * Theme.margin, Theme.mm(290))
            visible: root.asksForAddress
            complaint: root.arrival.step === "silent" ? "" : root.arrival.why
            onEntered: text => root.arrival.enter(text)
        }
    }
}
