// The address of a backend that was not found on the network: typed on a keyboard, or with the digit keys below.
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Templates as T
import NowServing

Column {
    id: entry

    required property string complaint

    signal entered(text: string)

    spacing: Theme.gap

    PlainText {
        width: parent.width
        text: qsTr("Or type the address of the backend")
        color: Theme.quietInk
        font.pixelSize: Theme.text
        horizontalAlignment: Text.AlignLeft
    }

    Row {
        width: parent.width
        spacing: Theme.gap

        T.TextField {
            id: field

            objectName: "address"
            width: parent.width - connect.width - parent.spacing
            height: Theme.smallestTouch
            leftPadding: Theme.gap
            rightPadding: Theme.gap
            verticalAlignment: TextInput.AlignVCenter
            horizontalAlignment: TextInput.AlignLeft
            placeholderText: qsTr("for example %1").arg("192.168.1.20:8080")
            color: Theme.ink
            selectionColor: Theme.accent
            selectedTextColor: Theme.inkOnAccent
            font { pixelSize: Theme.largeText; family: placeholder.font.family }  // a control's default font is the system's
            inputMethodHints: Qt.ImhUrlCharactersOnly | Qt.ImhNoPredictiveText
            maximumLength: 200
            Accessible.name: qsTr("Address of the backend")
            onAccepted: entry.entered(text)

            // An address is written from left to right in every language.
            LayoutMirroring.enabled: false

            background: Rectangle {
                radius: Theme.radius
                color: Theme.surface
                border { color: field.activeFocus ? Theme.accent : Theme.quietInk; width: field.activeFocus ? 2 * Theme.border : Theme.border }

                PlainText {
                    id: placeholder

                    anchors { fill: parent; leftMargin: Theme.gap }
                    LayoutMirroring.enabled: false
                    visible: !field.text && !field.activeFocus
                    text: field.placeholderText
                    color: Theme.quietInk
                    font.pixelSize: Theme.largeText
                    verticalAlignment: Text.AlignVCenter
                }
            }
        }

        BigButton {
            id: connect

            objectName: "connect"
            text: qsTr("Connect")
            onClicked: entry.entered(field.text)
        }
    }

    PlainText {
        objectName: "complaint"
        width: parent.width
        visible: text
        text: entry.complaint
        color: Theme.bad
        font.pixelSize: Theme.text
        wrapMode: Text.Wrap
        horizontalAlignment: Text.AlignLeft
    }

    Row {
        id: keys

        width: parent.width
        spacing: Theme.mm(1.5)
        visible: field.activeFocus
        layoutDirection: Qt.LeftToRight
        LayoutMirroring.enabled: false

        Repeater {
            model: ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", ".", ":", "⌫"]

            BigButton {
                required property string modelData

                objectName: "key " + modelData
                width: (keys.width - 12 * keys.spacing) / 13
                leftPadding: 0
                rightPadding: 0
                focusPolicy: Qt.NoFocus
                text: modelData
                Accessible.name: modelData === "⌫" ? qsTr("Delete") : modelData
                onClicked: modelData === "⌫" ? field.remove(field.cursorPosition - 1, field.cursorPosition) : field.insert(field.cursorPosition, modelData)
            }
        }
    }
}
