// How long the page stays: a bar that gets shorter, and changes its colour near the end.
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
        objectName: "remaining"
        anchors { left: parent.left; top: parent.top; bottom: parent.bottom }
        width: parent.width * bar.countdown.remaining
        radius: parent.radius
        color: bar.countdown.ending ? Theme.bad : Theme.accent
    }
}
