// One call, number → point; the newest one is larger and has a background of its own.
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: row

    required property DisplayModel display
    required property int index
    required property string label
    required property string point
    required property string customerPoint
    required property string service
    required property bool highlighted
    required property int announced
    required property bool over
    readonly property bool hero: index === 0
    readonly property Sizes sizes: display.sizes
    readonly property bool stacked: hero ? sizes.heroStacked : sizes.stacked
    readonly property int columnRows: Math.max(1, sizes.columnRows)  // a single call's layout has none
    readonly property real padding: Theme.mm(sizes.margin)
    readonly property real numberText: Theme.mm(hero ? sizes.heroText : sizes.text)
    readonly property real longestPointText: Theme.mm(hero ? sizes.heroPointText : sizes.pointText)  // of the hall's longest name
    readonly property real pointText: Math.max(longestPointText, Math.min(numberText * (!hero ? 1 : stacked ? 0.6 : 0.72), textWidth / (name.advanceWidth / name.font.pixelSize + arrowEms), pointRoom / lineHeight))
    readonly property real smallText: Math.max(longestPointText * 0.34, numberText * 0.15)  // of the line below the point's name
    readonly property real gap: padding * 0.25
    readonly property real arrowEms: stacked ? 1.15 : 1.3
    readonly property real textWidth: width - 2 * padding - (stacked ? 0 : numberText * sizes.numberWidth)
    readonly property real pointRoom: height - gap - (stacked ? numberText * lineHeight : 0) - (hero ? smallText * lineHeight : 0)
    readonly property real lineHeight: 1.2  // LINE of layout.py: the line height for every script, though some fonts ask for half as much again
    readonly property color ink: highlighted ? Theme.inkOnCall : over ? Theme.quietOnNight : Theme.inkOnNight
    readonly property color quietInk: highlighted ? Theme.inkOnCall : Theme.quietOnNight
    readonly property real stepBack: over ? Math.min(1, Math.max(0.75, Theme.mm(sizes.leastText) / Math.min(numberText, pointText))) : 1  // a call that is over is smaller where that can be read, and has no arrow
    readonly property int column: columnOf(index)
    property int placed: index  // the last index that it moved to
    property real away: 0  // how far it still is from its place, while it moves there

    // Where the top of this index is, and its column, counted from where reading begins.
    function topOf(index: int): real {
        return index ? Theme.mm(sizes.heroHeight + (index - 1) % columnRows * sizes.rowHeight) : 0;
    }

    function columnOf(index: int): int {
        return index ? Math.floor((index - 1) / columnRows) : 0;
    }

    width: hero ? parent.width : parent.width / sizes.columns
    height: Theme.mm(hero ? sizes.heroHeight : sizes.rowHeight)
    x: (display.rightToLeft && !hero ? sizes.columns - 1 - column : column) * width
    y: topOf(index) + away
    z: hero ? 1 : 0
    onAnnouncedChanged: {
        if (highlighted)
            glow.pulse();
    }
    onHighlightedChanged: {
        if (highlighted)
            glow.pulse();
    }
    onIndexChanged: {
        const from = topOf(placed) + away - topOf(index);
        const sameColumn = columnOf(placed) === columnOf(index);
        placed = index;
        move.stop();
        if (sameColumn) {
            move.from = from;
            move.start();
        }
    }

    // Its end is its place, and nothing but the place moves: a row that is interrupted is late, and never half visible.
    NumberAnimation {
        id: move

        target: row
        property: "away"
        to: 0
        duration: Theme.arrive
        easing.type: Easing.OutCubic
        onStopped: row.away = 0
    }

    FrameAnimation {
        running: move.running && row.index === 1 && Theme.arrive > 0
        onTriggered: row.display.motion.frame(frameTime)
    }

    TextMetrics {
        id: name

        font { pixelSize: 100; weight: Font.DemiBold }
        text: row.point
    }

    Rectangle {
        id: ground

        objectName: "card"
        anchors { fill: parent; bottomMargin: row.gap; rightMargin: !row.hero && row.column < row.sizes.columns - 1 ? row.gap : 0 }
        radius: Theme.mm(row.sizes.margin * 0.4)
        color: row.highlighted ? Theme.call : row.hero ? Theme.nightRow : Theme.night
    }

    Glow {
        id: glow

        anchors.fill: ground
        radius: ground.radius
        lit: row.highlighted
    }

    Grid {
        anchors { left: parent.left; leftMargin: row.padding; verticalCenter: ground.verticalCenter }
        columns: row.stacked ? 1 : 2
        verticalItemAlignment: Grid.AlignVCenter

        PlainText {
            objectName: "number"
            width: row.stacked ? row.width - 2 * row.padding : row.numberText * row.sizes.numberWidth
            text: row.label
            color: row.ink
            font { pixelSize: row.numberText * row.stepBack; weight: row.over ? Font.Medium : Font.Bold; features: Theme.figures }
            height: row.numberText * row.lineHeight
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
        }

        Row {
            PlainText {
                id: arrow

                objectName: "arrow"
                text: row.over ? "" : row.display.rightToLeft ? "←" : "→"
                width: row.over && row.stacked ? 0 : row.pointText * row.arrowEms
                color: row.quietInk
                height: row.pointText * row.lineHeight
                verticalAlignment: Text.AlignVCenter
                font.pixelSize: row.pointText * 0.85
                horizontalAlignment: row.stacked ? Text.AlignLeft : Text.AlignHCenter
            }

            Column {
                id: pointColumn

                readonly property real availableWidth: row.textWidth - arrow.width

                // A long name takes as many lines as there is room for.
                PlainText {
                    id: point

                    readonly property real line: row.pointText * row.lineHeight
                    readonly property real length: name.advanceWidth / name.font.pixelSize * row.pointText / width  // in lines; a little too long, it is made smaller

                    objectName: "point"
                    width: pointColumn.availableWidth
                    height: Math.max(line, Math.min(row.pointRoom, (length > 1.15 ? Math.ceil(length + 0.2) : 1) * line))
                    text: row.point
                    color: row.ink
                    font { pixelSize: row.pointText * row.stepBack; weight: row.over ? Font.Normal : Font.DemiBold }
                    horizontalAlignment: Text.AlignLeft
                    verticalAlignment: Text.AlignVCenter
                    fontSizeMode: height > line ? Text.Fit : Text.HorizontalFit
                    minimumPixelSize: row.pointText * 0.4
                    wrapMode: height > line ? Text.WordWrap : Text.NoWrap
                    elide: Text.ElideRight
                }

                Row {
                    id: smallLine

                    readonly property real availableWidth: pointColumn.availableWidth - (customerPoint.visible ? spacing : 0)

                    visible: row.hero
                    width: pointColumn.availableWidth
                    height: row.smallText * row.lineHeight
                    spacing: row.pointText * 0.3

                    PlainText {
                        id: customerPoint

                        objectName: "customerPoint"
                        visible: text !== ""
                        width: Math.min(implicitWidth, Math.max(smallLine.availableWidth / 2, smallLine.availableWidth - service.implicitWidth))
                        text: row.customerPoint
                        height: parent.height
                        verticalAlignment: Text.AlignVCenter
                        color: row.ink
                        font { pixelSize: row.smallText; weight: Font.DemiBold }
                        elide: Text.ElideRight
                    }

                    PlainText {
                        id: service

                        objectName: "service"
                        width: Math.min(implicitWidth, smallLine.availableWidth - (customerPoint.visible ? customerPoint.width : 0))
                        text: row.service
                        height: parent.height
                        verticalAlignment: Text.AlignVCenter
                        color: row.quietInk
                        font.pixelSize: row.smallText
                        elide: Text.ElideRight
                    }
                }
            }
        }
    }
}
