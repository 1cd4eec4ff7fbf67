// The screen of a station without a hall: looking for one, choosing one, the code to type in the console.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Joining.Models

Window {
    id: root

    required property JoiningModel joining
    required property real inches
    readonly property bool asksForAddress: joining.step === "looking" || joining.step === "choosing" || joining.step === "silent"

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
        LayoutMirroring.enabled: root.joining.mirrored
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
                visible: text && root.joining.pairs && root.joining.step !== "out"
                text: root.joining.lost
                color: Theme.ink
                font.pixelSize: Theme.text
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "found"
                width: parent.width
                visible: text && root.joining.step === "code"
                text: root.joining.found
                color: Theme.quietInk
                font { pixelSize: Theme.largeText; weight: Font.DemiBold }
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignHCenter
            }

            PlainText {
                objectName: "fingerprint"
                width: parent.width
                visible: root.joining.fingerprint && root.joining.step === "code"
                text: qsTr("Fingerprint of its certificate: %1. The console shows the same under Hall.").arg(root.joining.fingerprint)
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
                visible: root.joining.step === "code"
                text: root.joining.code
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
                    switch (root.joining.step) {
                    case "code":
                        return qsTr("In the console, open Set-up → Devices and type this code");
                    case "choosing":
                        return qsTr("Which hall is it?");
                    case "refused":
                        return qsTr("The administrator refused this device");
                    case "silent":
                        return root.joining.why ? qsTr("No code right now") : qsTr("No answer");
                    case "out":
                        return root.joining.farewell;
                    default:
                        return qsTr("Looking for your hall …");
                    }
                }
                color: Theme.ink
                font { pixelSize: root.joining.step === "code" ? Theme.largeText : Theme.title; weight: Font.Bold }
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
                    switch (root.joining.step) {
                    case "code":
                        return qsTr("It is valid for %n more minutes; then a new one appears.", "", root.joining.minutes);
                    case "refused":
                        return qsTr("If that was a mistake, ask for a new code.");
                    case "silent":
                        return root.joining.why || qsTr("Nothing answers at %1. This screen keeps trying.").arg(root.joining.found);
                    case "out":
                        return qsTr("This device can be paired again, with this hall or another one.");
                    case "choosing":
                        return "";
                    default:
                        return qsTr("It is found automatically if its backend is on the same network.");
                    }
                }
                color: Theme.quietInk
                font.pixelSize: root.joining.step === "code" ? Theme.text : Theme.largeText
                wrapMode: Text.Wrap
                lineHeight: 1.15
                horizontalAlignment: Text.AlignHCenter
            }

            ListView {
                id: choices

                objectName: "choices"
                anchors.horizontalCenter: parent.horizontalCenter
                width: Math.min(parent.width, Theme.mm(260))
                // As many as fit; the others are scrolled to.
                height: Math.min(contentHeight, Math.max(2 * Theme.smallestTouch, root.height - head.height - address.height - Theme.mm(52)))
                visible: root.joining.step === "choosing"
                spacing: Theme.gap
                clip: true
                boundsBehavior: Flickable.StopAtBounds
                model: root.joining.choices
                delegate: ChoiceRow {
                    required property var modelData

                    objectName: "choice " + modelData.id
                    width: choices.width
                    name: modelData.name
                    description: modelData.about
                    onClicked: root.joining.choose(modelData.id)
                }
            }

            BigButton {
                objectName: "main"
                anchors.horizontalCenter: parent.horizontalCenter
                visible: root.joining.step === "refused" || root.joining.step === "out"
                focus: visible
                main: true
                text: root.joining.step === "out" ? qsTr("Pair it again") : qsTr("New code")
                onClicked: root.joining.step === "out" ? root.joining.pairAgain() : root.joining.again()
            }

            BigButton {
                objectName: "elsewhere"
                anchors.horizontalCenter: parent.horizontalCenter
                visible: root.joining.step === "code" || root.joining.step === "silent" || root.joining.step === "refused"
                text: qsTr("Another hall …")
                onClicked: root.joining.lookAgain()
            }
        }

        AddressEntry {
            id: address

            anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: Theme.margin }
            width: Math.min(parent.width - 2 * Theme.margin, Theme.mm(290))
            visible: root.asksForAddress
            complaint: root.joining.step === "silent" ? "" : root.joining.why
            onEntered: text => root.joining.enter(text)
        }
    }
}
