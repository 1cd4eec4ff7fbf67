// One of several halls to choose, as a button across the screen.
import QtQuick
import QtQuick.Templates as T
import NowServing

T.Button {
    id: row

    required property string name
    required property string description

    implicitHeight: Math.max(Theme.smallestTouch, words.implicitHeight + 2 * Theme.gap)
    focusPolicy: Qt.StrongFocus
    Accessible.name: name + " " + description
    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    contentItem: Item {
        Column {
            id: words

            anchors { left: parent.left; right: parent.right; margins: Theme.gap; verticalCenter: parent.verticalCenter }

            PlainText {
                width: parent.width
                text: row.name
                color: Theme.ink
                font { pixelSize: Theme.largeText; weight: Font.DemiBold }
                horizontalAlignment: Text.AlignLeft
                elide: Text.ElideRight
            }

            PlainText {
                width: parent.width
                visible: text
                text: row.description
                color: Theme.quietInk
                font.pixelSize: Theme.text
                horizontalAlignment: Text.AlignLeft
                elide: Text.ElideRight
            }
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: row.down ? Theme.accentSoft : Theme.surface
        border { color: Theme.quietInk; width: Theme.border }

        FocusRing {
            visible: row.visualFocus
        }
    }
}
