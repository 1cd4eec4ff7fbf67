// A button large enough for any finger; filled when it is the main one.
import QtQuick
import QtQuick.Templates as T

T.Button {
    id: key

    property bool main: false

    implicitWidth: Math.max(Theme.mm(40), words.implicitWidth + leftPadding + rightPadding)
    implicitHeight: Theme.smallestTouch
    leftPadding: Theme.mm(6)
    rightPadding: Theme.mm(6)
    focusPolicy: Qt.StrongFocus
    font.pixelSize: Theme.text
    font.weight: Font.DemiBold
    Accessible.name: text

    Keys.onReturnPressed: click()
    Keys.onEnterPressed: click()

    contentItem: PlainText {
        id: words

        text: key.text
        // A control's default font is the system's; a text's is the application's, which is ours.
        font.pixelSize: key.font.pixelSize
        font.weight: key.font.weight
        color: key.main ? Theme.inkOnAccent : Theme.ink
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
    }

    background: Rectangle {
        radius: Theme.radius
        color: key.main ? (key.down ? Theme.accentDeep : Theme.accent) : (key.down ? Theme.accentSoft : Theme.surface)
        border.color: key.main ? Theme.accentDeep : Theme.quietInk
        border.width: Theme.border

        FocusRing {
            visible: key.visualFocus
        }
    }
}
