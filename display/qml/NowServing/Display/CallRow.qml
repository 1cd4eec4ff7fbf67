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
    readonly property bool hero: index === 0
    readonly property Sizes sizes: display.sizes
    readonly property real padding: Theme.mm(sizes.margin)
    readonly property real numberText: Theme.mm(hero ? sizes.heroText : sizes.text)
    readonly property real pointText: Theme.mm(hero ? sizes.heroPointText : sizes.pointText)
    readonly property real smallText: pointText * 0.34  // of the line below the point's name
    readonly property real lineHeight: 1.2  // LINE of layout.py: the line height for every script, though some fonts ask for half as much again
    readonly property color ink: highlighted ? Theme.inkOnCall : Theme.inkOnNight
    readonly property color quietInk: highlighted ? Theme.inkOnCall : Theme.quietOnNight

    y: hero ? 0 : Theme.mm(sizes.heroHeight + (index - 1) * sizes.rowHeight)
    height: Theme.mm(hero ? sizes.heroHeight : sizes.rowHeight)
    z: hero ? 1 : 0
    onAnnouncedChanged: {
        if (highlighted)
            glow.pulse();
    }
    onHighlightedChanged: {
        if (highlighted)
            glow.pulse();
    }

    Behavior on y {
        NumberAnimation { duration: Theme.arrive; easing.type: Easing.OutCubic }
    }

    NumberAnimation on opacity { from: 0; to: 1; duration: Theme.arrive }

    Rectangle {
        id: ground

        anchors { fill: parent; bottomMargin: row.hero ? row.padding * 0.4 : Theme.border }
        radius: Theme.mm(row.sizes.margin * 0.4)
        color: row.highlighted ? Theme.call : row.hero ? Theme.nightRow : Qt.alpha(Theme.call, 0)

        Behavior on color {
            ColorAnimation { duration: Theme.arrive }
        }
    }

    Glow {
        id: glow

        anchors.fill: ground
        radius: ground.radius
        lit: row.highlighted
    }

    Grid {
        anchors { left: parent.left; leftMargin: row.padding; verticalCenter: ground.verticalCenter }
        columns: row.sizes.stacked ? 1 : 2
        verticalItemAlignment: Grid.AlignVCenter

        PlainText {
            objectName: "number"
            width: row.sizes.stacked ? row.width - 2 * row.padding : row.numberText * row.sizes.numberWidth
            text: row.label
            color: row.ink
            font { pixelSize: row.numberText; weight: Font.Bold; features: Theme.figures }
            height: row.numberText * row.lineHeight
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
        }

        Row {
            PlainText {
                id: arrow

                text: row.display.rightToLeft ? "←" : "→"
                width: row.pointText * (row.sizes.stacked ? 1.15 : 1.3)
                color: row.quietInk
                height: row.pointText * row.lineHeight
                verticalAlignment: Text.AlignVCenter
                font.pixelSize: row.pointText * 0.85
                horizontalAlignment: row.sizes.stacked ? Text.AlignLeft : Text.AlignHCenter
            }

            Column {
                id: pointColumn

                readonly property real availableWidth: row.width - 2 * row.padding - arrow.width - (row.sizes.stacked ? 0 : row.numberText * row.sizes.numberWidth)

                PlainText {
                    objectName: "point"
                    width: pointColumn.availableWidth
                    height: row.pointText * row.lineHeight
                    text: row.point
                    color: row.ink
                    font { pixelSize: row.pointText; weight: Font.DemiBold }
                    horizontalAlignment: Text.AlignLeft
                    verticalAlignment: Text.AlignVCenter
                    fontSizeMode: Text.HorizontalFit
                    minimumPixelSize: row.pointText * 0.4
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
