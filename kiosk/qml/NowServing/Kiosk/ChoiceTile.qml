// A service or precedence to choose: its name, a description, and how many are ahead or why it is closed.
import QtQuick
import QtQuick.Layouts
import QtQuick.Templates as T
import NowServing

T.Button {
    id: tile

    required property string choice
    required property string name
    required property string badge
    required property string description
    required property string status
    required property bool open
    readonly property bool bare: !badge && !status

    objectName: choice
    implicitWidth: Theme.mm(100)
    implicitHeight: Math.max(Theme.smallestTouch, words.implicitHeight + topPadding + bottomPadding)
    padding: Theme.mm(5)
    focusPolicy: Qt.StrongFocus
    text: name
    Accessible.name: [name, description, status].filter(text => text).join(". ")

    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    contentItem: ColumnLayout {
        id: words

        spacing: Theme.mm(1)

        RowLayout {
            Layout.fillHeight: tile.bare
            spacing: Theme.mm(5)

            Rectangle {
                id: badge

                visible: tile.badge
                Layout.preferredWidth: Math.max(Theme.mm(16), letter.implicitWidth + Theme.mm(6))
                Layout.preferredHeight: Theme.mm(16)
                Layout.alignment: Qt.AlignTop
                radius: Theme.radius
                color: tile.open ? Theme.accent : Theme.quietInk

                PlainText {
                    id: letter

                    anchors.centerIn: parent
                    text: tile.badge
                    color: Theme.inkOnAccent
                    font.pixelSize: Theme.mm(11)
                    font.weight: Font.Bold
                }
            }

            Lines {
                Layout.fillWidth: true
                Layout.fillHeight: tile.bare
                Layout.minimumHeight: badge.height
                text: tile.name
                color: tile.open ? Theme.ink : Theme.quietInk
                font.pixelSize: Theme.largeText
                font.weight: Font.DemiBold
                verticalAlignment: Text.AlignVCenter
            }
        }

        Lines {
            objectName: "description"
            Layout.fillWidth: true
            visible: tile.description
            text: tile.description
            color: Theme.quietInk
            font.pixelSize: Theme.text
        }

        Item {
            visible: !tile.bare
            Layout.fillHeight: true
        }

        RowLayout {
            visible: tile.status
            spacing: Theme.mm(3)

            Icon {
                name: tile.open ? "people" : "closed"
                size: Theme.mm(8)
            }

            PlainText {
                Layout.fillWidth: true
                text: tile.status
                color: Theme.ink
                font.pixelSize: Theme.text
                font.weight: Font.DemiBold
                wrapMode: Text.Wrap
                horizontalAlignment: Text.AlignLeft
            }
        }
    }

    background: Rectangle {
        radius: Theme.radius
        color: tile.down ? Theme.accentSoft : (tile.open ? Theme.surface : Theme.ground)
        border.color: tile.down ? Theme.accent : Theme.line
        border.width: tile.down ? Theme.mm(1) : Theme.border

        FocusRing {
            visible: tile.visualFocus
        }
    }
}
