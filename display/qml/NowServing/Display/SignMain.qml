// The sign over a service point: which point this is, whether it is open, and whom it calls or serves.
import QtQuick
import NowServing
import NowServing.Display.Models

Window {
    id: root

    required property SignModel sign
    readonly property bool called: sign.state === "called"
    readonly property real margin: Math.min(width, height) * 0.05
    readonly property real headText: Math.max(Theme.text, Math.min(width * 0.06, height * 0.1))

    function fit(): void {
        Theme.fit(width, height, sign.inches);
    }

    width: 1280
    height: 800
    color: Theme.night
    title: qsTr("Sign over a service point")
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()

    Connections {
        target: root.sign

        function onAnnounced(): void {
            glow.pulse();
        }
    }

    Item {
        anchors.fill: parent
        LayoutMirroring.enabled: root.sign.rightToLeft
        LayoutMirroring.childrenInherit: true

        Rectangle {
            id: serial

            anchors { left: parent.left; top: parent.top; margins: root.margin }
            width: Math.max(height, serialText.implicitWidth + root.headText * 0.6)
            height: root.headText * 1.7
            radius: Theme.radius
            color: Theme.inkOnNight

            PlainText {
                id: serialText

                objectName: "serialNumber"
                anchors.centerIn: parent
                text: root.sign.serialNumber
                color: Theme.night
                font { pixelSize: root.headText * 1.15; weight: Font.Bold }
            }
        }

        PlainText {
            objectName: "pointName"
            anchors { left: serial.right; right: state.visible ? state.left : parent.right; leftMargin: root.margin * 0.7; rightMargin: root.margin * 0.7; top: serial.top; bottom: serial.bottom }
            text: root.sign.pointName
            color: Theme.inkOnNight
            font { pixelSize: root.headText; weight: Font.DemiBold }
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
            fontSizeMode: Text.Fit
            minimumPixelSize: root.headText * 0.4
            wrapMode: Text.Wrap
            elide: Text.ElideRight
        }

        SignState {
            id: state

            anchors { right: parent.right; rightMargin: root.margin; verticalCenter: serial.verticalCenter }
            status: root.sign.status
            textSize: root.headText * 0.75
            visible: root.sign.status !== "" && root.sign.label !== ""
        }

        Rectangle {
            id: ground

            anchors { left: parent.left; right: parent.right; top: serial.bottom; bottom: notice.visible ? notice.top : parent.bottom; margins: root.margin }
            radius: Theme.radius * 2
            color: root.called ? Theme.call : Theme.nightRow

            Behavior on color {
                ColorAnimation { duration: Theme.arrive }
            }
        }

        Glow {
            id: glow

            anchors.fill: ground
            radius: ground.radius
            lit: root.called
        }

        PlainText {
            id: caption

            objectName: "caption"
            anchors { horizontalCenter: ground.horizontalCenter; top: ground.top; topMargin: root.margin * 0.7 }
            text: root.called ? qsTr("Now calling") : qsTr("Now serving")
            visible: root.sign.label !== ""
            color: root.called ? Theme.inkOnCall : Theme.quietOnNight
            font { pixelSize: root.headText * 0.8; weight: Font.DemiBold }
        }

        PlainText {
            objectName: "number"
            anchors { fill: ground; topMargin: caption.height + root.margin; leftMargin: root.margin; rightMargin: root.margin; bottomMargin: root.margin * 0.5 }
            text: root.sign.label
            color: root.called ? Theme.inkOnCall : Theme.inkOnNight
            font { pixelSize: Math.max(1, height * 0.95); weight: Font.Bold }
            fontSizeMode: Text.Fit
            minimumPixelSize: Theme.text
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
        }

        SignState {
            anchors.centerIn: ground
            status: root.sign.status
            textSize: Math.min(ground.height * 0.34, ground.width * 0.11)
            visible: root.sign.status !== "" && root.sign.label === ""
        }

        PlainText {
            objectName: "nothing"
            anchors { fill: ground; margins: root.margin }
            text: root.sign.known ? qsTr("There is no service point %1 in this hall.").arg(root.sign.serialNumber) : qsTr("One moment, please")
            visible: root.sign.status === ""
            color: Theme.inkOnNight
            font { pixelSize: root.headText; weight: Font.DemiBold }
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
            verticalAlignment: Text.AlignVCenter
        }

        PlainText {
            id: notice

            objectName: "outageNotice"
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: root.margin }
            text: root.sign.outageNotice
            visible: text !== ""
            color: Theme.call
            font.pixelSize: root.headText * 0.55
            horizontalAlignment: Text.AlignHCenter
            wrapMode: Text.Wrap
        }
    }
}
