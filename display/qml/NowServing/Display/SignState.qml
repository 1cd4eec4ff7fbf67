// Open, back at a time, back soon or closed: a word or two in a coloured pill, on two lines where that is larger.
import QtQuick
import NowServing

Rectangle {
    id: state

    required property string status
    required property string backAt  // a time of day; empty if it was not said, or is over
    required property size room      // that it may take
    readonly property color ink: status === "active" ? Theme.good : status === "paused" ? Theme.warning : Theme.bad
    readonly property string paused: backAt ? qsTr("Back at %1").arg(backAt) : qsTr("Back soon")
    readonly property string words: status === "active" ? qsTr("Open") : status === "paused" ? paused : qsTr("Closed")
    readonly property string twoLines: words.replace(/ (?=[^ ]*$)/, "\n")
    readonly property bool broken: fit(twoLines) > fit(words)
    readonly property real textSize: Math.max(1, fit(broken ? twoLines : words))

    // The text size, in pixels, at which a text of one or two lines fits into the room.
    function fit(text: string): real {
        const lines = text.split("\n");
        const widest = Math.max(...lines.map(line => metrics.advanceWidth(line))) / metrics.font.pixelSize;
        return Math.min(room.width / (widest + 1.2), room.height * 0.38 / lines.length ** 0.75);
    }

    implicitWidth: word.width + 2 * textSize * 0.6
    implicitHeight: word.height + textSize * 0.7  // lines of Arabic are nearly twice as high as others
    radius: textSize * 0.95
    color: status === "active" ? Theme.goodSoft : status === "paused" ? Theme.warningSoft : Theme.badSoft

    FontMetrics {
        id: metrics

        font { pixelSize: 100; weight: Font.Bold }
    }

    PlainText {
        id: word

        objectName: "status"
        anchors.centerIn: parent
        text: state.broken ? state.twoLines : state.words
        color: state.ink
        font { pixelSize: state.textSize; weight: Font.Bold }
        horizontalAlignment: Text.AlignHCenter
    }
}
