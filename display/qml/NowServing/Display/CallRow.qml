// One call, number → point; the newest one is larger and stands on its own ground.
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: row

    required property DisplayModel display
    required property int index
    required property string label
    required property string point
    required property string pointThere
    required property string service
    required property bool fresh
    required property int announced
    readonly property bool hero: index === 0
    readonly property Sizes sizes: display.sizes
    readonly property real padding: Theme.mm(sizes.margin)
    readonly property real numberText: Theme.mm(hero ? sizes.heroText : sizes.text)
    readonly property real pointText: Theme.mm(hero ? sizes.heroPointText : sizes.pointText)
    readonly property real line: 1.2  // of every script: some fonts ask for half as much again
    readonly property color ink: fresh ? Theme.inkOnCall : Theme.inkOnNight
    readonly property color quietInk: fresh ? Theme.inkOnCall : Theme.quietOnNight

    y: hero ? 0 : Theme.mm(sizes.heroHeight + (index - 1) * sizes.rowHeight)
    height: Theme.mm(hero ? sizes.heroHeight : sizes.rowHeight)
    z: hero ? 1 : 0
    onAnnouncedChanged: {
        if (fresh)
            glow.swell();
    }
    onFreshChanged: {
        if (fresh)
            glow.swell();
    }

    Behavior on y {
        NumberAnimation { duration: Theme.arrive; easing.type: Easing.OutCubic }
    }

    NumberAnimation on opacity { from: 0; to: 1; duration: Theme.arrive }

    Rectangle {
        id: ground

        anchors { fill: parent; bottomMargin: row.hero ? row.padding * 0.4 : Theme.border }
        radius: Theme.mm(row.sizes.margin * 0.4)
        color: row.fresh ? Theme.call : row.hero ? Theme.nightRow : Qt.alpha(Theme.call, 0)

        Behavior on color {
            ColorAnimation { duration: Theme.arrive }
        }
    }

    Glow {
        id: glow

        anchors.fill: ground
        radius: ground.radius
        lit: row.fresh
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
            height: row.numberText * row.line
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
        }

        Row {
            PlainText {
                id: arrow

                text: row.display.rightToLeft ? "←" : "→"
                width: row.pointText * (row.sizes.stacked ? 1.15 : 1.3)
                color: row.quietInk
                height: row.pointText * row.line
                verticalAlignment: Text.AlignVCenter
                font.pixelSize: row.pointText * 0.85
                horizontalAlignment: row.sizes.stacked ? Text.AlignLeft : Text.AlignHCenter
            }

            Column {
                id: place

                readonly property real room: row.width - 2 * row.padding - arrow.width - (row.sizes.stacked ? 0 : row.numberText * row.sizes.numberWidth)

                PlainText {
                    objectName: "point"
                    width: place.room
                    height: row.pointText * row.line
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
                    id: below

                    readonly property real room: place.room - (there.visible ? spacing : 0)

                    visible: row.hero
                    width: place.room
                    height: row.pointText * 0.34 * row.line
                    spacing: row.pointText * 0.3

                    PlainText {
                        id: there

                        objectName: "pointThere"
                        visible: text !== ""
                        width: Math.min(implicitWidth, Math.max(below.room / 2, below.room - service.implicitWidth))
                        text: row.pointThere
                        height: parent.height
                        verticalAlignment: Text.AlignVCenter
                        color: row.ink
                        font { pixelSize: row.pointText * 0.34; weight: Font.DemiBold }
                        elide: Text.ElideRight
                    }

                    PlainText {
                        id: service

                        objectName: "service"
                        width: Math.min(implicitWidth, below.room - (there.visible ? there.width : 0))
                        text: row.service
                        height: parent.height
                        verticalAlignment: Text.AlignVCenter
                        color: row.quietInk
                        font.pixelSize: row.pointText * 0.34
                        elide: Text.ElideRight
                    }
                }
            }
        }
    }
}
