// Where the keyboard is: a ring around the control it would press.
import QtQuick

Rectangle {
    anchors.fill: parent
    anchors.margins: -Theme.mm(1.2)
    color: "transparent"
    border.color: Theme.ink
    border.width: Theme.mm(1)
    radius: Theme.radius + Theme.mm(1.2)
}
