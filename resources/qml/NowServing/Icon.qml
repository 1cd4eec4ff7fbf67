// One of our pictures, drawn sharp at its size. It only repeats what words beside it say.
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
