// A ring around the control with the keyboard focus.
import QtQuick

Rectangle {
    anchors.fill: parent
    anchors.margins: -Theme.mm(1.2)
    color: "transparent"
    border.color: Theme.ink
    border.width: Theme.mm(1)
    radius: Theme.radius + Theme.mm(1.2)
}
