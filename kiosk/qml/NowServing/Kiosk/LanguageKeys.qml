// A key for each language of the hall, in its own name; low on the screen, where everybody can reach.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Kiosk.Core

Rectangle {
    id: bar

    required property KioskModel kiosk

    height: keys.height + 2 * Theme.mm(4)
    color: Theme.surface

    Rectangle {
        anchors { left: parent.left; right: parent.right; top: parent.top }
        height: Theme.border
        color: Theme.line
    }

    Flow {
        id: keys

        anchors {
            left: parent.left
            right: parent.right
            leftMargin: Theme.margin
            rightMargin: Theme.margin
            verticalCenter: parent.verticalCenter
        }
        spacing: Theme.gap

        Repeater {
            model: bar.kiosk.languages

            BigButton {
                required property var modelData

                objectName: "language " + modelData.code
                text: modelData.name
                main: bar.kiosk.language === modelData.code
                Accessible.checked: main
                onClicked: bar.kiosk.choose_language(modelData.code)
            }
        }
    }
}
