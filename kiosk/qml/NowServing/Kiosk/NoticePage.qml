// A notice in large text, with at most two keys.
import QtQuick
import NowServing

FocusScope {
    id: page

    required property string picture
    required property string title
    required property string detail
    property string mainKey: ""
    property string otherKey: ""

    signal main
    signal other

    Column {
        anchors.centerIn: parent
        width: Math.min(parent.width, Theme.mm(320))
        spacing: Theme.mm(9)

        Icon {
            anchors.horizontalCenter: parent.horizontalCenter
            visible: page.picture && page.height > Theme.mm(160)
            name: page.picture || "notice"
            size: Theme.mm(48)
        }

        PlainText {
            width: parent.width
            text: page.title
            color: Theme.ink
            font.pixelSize: Theme.title
            font.weight: Font.Bold
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignHCenter
            Accessible.role: Accessible.AlertMessage
            Accessible.name: text
        }

        PlainText {
            objectName: "detail"
            width: parent.width
            text: page.detail
            color: Theme.quietInk
            font.pixelSize: Theme.largeText
            wrapMode: Text.Wrap
            lineHeight: 1.15
            horizontalAlignment: Text.AlignHCenter
            Accessible.role: Accessible.StaticText
            Accessible.name: text
        }

        Row {
            anchors.horizontalCenter: parent.horizontalCenter
            spacing: Theme.gap

            BigButton {
                objectName: "other"
                visible: text
                text: page.otherKey
                onClicked: page.other()
            }

            BigButton {
                objectName: "main"
                visible: text
                main: true
                text: page.mainKey
                onClicked: page.main()
            }
        }
    }
}
