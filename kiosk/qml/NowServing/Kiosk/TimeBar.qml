// How long the page stays: a bar that grows shorter, and shorter still in another colour.
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Rectangle {
    id: bar

    required property Countdown countdown

    height: Theme.mm(3)
    radius: height / 2
    color: Theme.line

    Rectangle {
        objectName: "left"
        anchors { left: parent.left; top: parent.top; bottom: parent.bottom }
        width: parent.width * bar.countdown.left
        radius: parent.radius
        color: bar.countdown.nearly ? Theme.bad : Theme.accent
    }
}
