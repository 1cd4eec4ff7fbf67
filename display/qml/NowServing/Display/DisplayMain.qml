// The window of the hall display.
import QtQuick
import NowServing
import NowServing.Display.Models

Window {
    id: root

    required property DisplayModel display

    width: 1280
    height: 720
    color: Theme.night
    title: qsTr("Hall display")

    DisplayScreen {
        anchors.fill: parent
        display: root.display
    }
}
