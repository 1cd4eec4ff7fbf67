// Open, back soon or closed: a word in a coloured pill.
import QtQuick
import NowServing

Rectangle {
    id: state

    required property string status
    required property real textSize
    readonly property color ink: status === "active" ? Theme.good : status === "paused" ? Theme.warning : Theme.bad

    implicitWidth: word.width + 2 * textSize * 0.6
    implicitHeight: textSize * 1.9
    radius: height / 2
    color: status === "active" ? Theme.goodSoft : status === "paused" ? Theme.warningSoft : Theme.badSoft

    PlainText {
        id: word

        objectName: "status"
        anchors.centerIn: parent
        text: state.status === "active" ? qsTr("Open") : state.status === "paused" ? qsTr("Back soon") : qsTr("Closed")
        color: state.ink
        font { pixelSize: state.textSize; weight: Font.Bold }
    }
}
