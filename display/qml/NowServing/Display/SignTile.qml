// One service point on a sign: which one it is, whether it is open, and whom it calls or serves.
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: tile

    required property SignModel sign
    readonly property bool called: sign.state === "called"
    readonly property bool narrow: width < height * 1.2
    readonly property real margin: Math.min(width, height) * 0.05
    readonly property real headText: Math.max(4, Math.min(Theme.text, width * 0.11), Math.min(width * 0.06, height * 0.1))

    objectName: "tile"

    Connections {
        target: tile.sign

        function onAnnounced(): void {
            glow.pulse();
        }
    }

    Item {
        id: head

        anchors { left: parent.left; right: parent.right; top: parent.top; margins: tile.margin }
        height: tile.headText * (tile.narrow ? 2.8 : 1.7)
    }

    Rectangle {
        id: serial

        anchors { left: head.left; verticalCenter: head.verticalCenter }
        width: Math.max(height, serialText.implicitWidth + tile.headText * 0.6)
        height: tile.headText * 1.7
        radius: Theme.radius
        color: Theme.inkOnNight

        PlainText {
            id: serialText

            objectName: "serialNumber"
            anchors.centerIn: parent
            text: tile.sign.serialNumber
            color: Theme.night
            font { pixelSize: tile.headText * 1.15; weight: Font.Bold }
        }
    }

    FittedText {
        objectName: "pointName"
        anchors { left: serial.right; right: head.right; leftMargin: tile.margin * 0.7; top: head.top; bottom: head.bottom }
        text: tile.sign.pointName
        color: Theme.inkOnNight
        font { pixelSize: tile.headText; weight: Font.DemiBold }
        horizontalAlignment: Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        minimumPixelSize: tile.headText * 0.4
    }

    Rectangle {
        id: ground

        objectName: "ground"
        anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: parent.bottom; margins: tile.margin }
        radius: Theme.radius * 2
        color: tile.called ? Theme.call : Theme.nightRow

        Behavior on color {
            ColorAnimation { duration: Theme.arrive }
        }
    }

    Glow {
        id: glow

        anchors.fill: ground
        radius: ground.radius
        lit: tile.called
    }

    PlainText {
        id: caption

        objectName: "caption"
        anchors { left: ground.left; right: ground.right; top: ground.top; topMargin: tile.margin * 0.7 }
        height: tile.headText * 0.8 * Theme.leading
        text: tile.called ? qsTr("Now calling") : qsTr("Now serving")
        visible: tile.sign.label !== ""
        color: tile.called ? Theme.inkOnCall : Theme.quietOnNight
        font { pixelSize: tile.headText * 0.8; weight: Font.DemiBold }
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: tile.headText * 0.4
    }

    PlainText {
        objectName: "number"
        anchors { fill: ground; topMargin: caption.height + tile.margin; leftMargin: tile.margin; rightMargin: tile.margin; bottomMargin: tile.margin * 0.5 }
        text: tile.sign.label
        color: tile.called ? Theme.inkOnCall : Theme.inkOnNight
        font { pixelSize: Math.max(1, height * 0.95); weight: Font.Bold }
        fontSizeMode: Text.Fit
        minimumPixelSize: Math.min(Theme.text, tile.headText)
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }

    SignState {
        anchors.centerIn: ground
        status: tile.sign.status
        backAt: tile.sign.backAt
        room: Qt.size(ground.width * 0.9, ground.height * 0.8)
        visible: tile.sign.status !== "" && tile.sign.label === ""
    }

    FittedText {
        objectName: "nothing"
        anchors { fill: ground; margins: tile.margin }
        text: tile.sign.known ? qsTr("There is no service point %1 in this hall.").arg(tile.sign.serialNumber) : qsTr("One moment, please")
        visible: tile.sign.status === ""
        color: Theme.inkOnNight
        font { pixelSize: tile.headText; weight: Font.DemiBold }
        minimumPixelSize: tile.headText * 0.4
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }
}
