// A line that runs below the calls, as pictures; without motion it stands still and shows one part after another.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Rectangle {
    id: ticker

    required property Surroundings around
    required property real textSize
    readonly property string line: around.ticker
    readonly property real lineWidth: measured.implicitWidth + textSize
    readonly property bool fits: lineWidth <= width
    readonly property bool runs: visible && !fits && !Theme.still && width > 0
    readonly property bool backwards: measured.horizontalAlignment === Text.AlignRight  // as a line in Arabic runs
    readonly property var parts: visible && !runs ? around.pages(line, width - textSize, textSize) : []
    readonly property real emsPerSecond: 4  // about eight letters, as slowly as subtitles
    readonly property int partLasts: 6000  // milliseconds
    readonly property int pictureWidth: 1024
    readonly property int pictures: runs ? Math.ceil(lineWidth / pictureWidth) : 0
    property int mostPictures: 0
    property int part: 0

    clip: true
    color: Theme.nightRow
    LayoutMirroring.enabled: false
    LayoutMirroring.childrenInherit: true
    onLineChanged: {
        part = 0;
        run();
    }
    onRunsChanged: run()
    onLineWidthChanged: run()
    onPicturesChanged: mostPictures = Math.max(mostPictures, pictures)

    function run(): void {
        running.stop();
        if (runs)
            running.start();
    }

    PlainText {
        id: measured

        visible: false
        text: ticker.line
        font.pixelSize: Math.max(1, Math.round(ticker.textSize))
    }

    Row {
        id: strip

        visible: ticker.runs
        height: parent.height

        // A shorter line leaves some empty: each that was taken away and made anew would stay in memory for good.
        Repeater {
            model: ticker.mostPictures
            delegate: TickerStrip {
                required property int index

                objectName: "tickerStrip"
                width: Math.max(0, Math.min(ticker.pictureWidth, ticker.lineWidth - index * ticker.pictureWidth))
                height: strip.height
                text: ticker.line
                pixelSize: ticker.textSize
                ink: Theme.inkOnNight
                offset: index * ticker.pictureWidth
                lineWidth: ticker.lineWidth
            }
        }
    }

    NumberAnimation {
        id: running

        target: strip
        property: "x"
        from: ticker.backwards ? -ticker.lineWidth : ticker.width
        to: ticker.backwards ? ticker.width : -ticker.lineWidth
        duration: 1000 * (ticker.width + ticker.lineWidth) / (ticker.emsPerSecond * Math.max(1, ticker.textSize))
        onFinished: {
            ticker.around.next_ticker();
            ticker.run();
        }
    }

    PlainText {
        objectName: "tickerPart"
        anchors { fill: parent; leftMargin: ticker.textSize / 2; rightMargin: ticker.textSize / 2 }
        visible: !ticker.runs
        text: ticker.parts[ticker.part] ?? ""
        color: Theme.inkOnNight
        font.pixelSize: Math.max(1, Math.round(ticker.textSize))
        horizontalAlignment: Text.AlignHCenter
        verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }

    Timer {
        interval: ticker.partLasts
        repeat: true
        running: ticker.visible && !ticker.runs
        onTriggered: {
            ticker.part += 1;
            if (ticker.part >= ticker.parts.length) {
                ticker.part = 0;
                ticker.around.next_ticker();
            }
        }
    }
}
