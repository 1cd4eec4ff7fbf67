// One of our icons, drawn sharp at its size; hidden from screen readers, because text beside it says the same.
import QtQuick

Image {
    required property string name
    property real size: Theme.largeText

    width: size
    height: size
    source: Qt.resolvedUrl("../../icons/" + name + ".svg")
    sourceSize: Qt.size(size, size)
    Accessible.ignored: true
}
