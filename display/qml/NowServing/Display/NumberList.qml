// Numbers in columns, each read from top to bottom: those that are due next, or all who wait.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: list

    required property DisplayModel display
    readonly property Sizes zones: display.sizes
    readonly property real margin: Theme.mm(display.sizes.edge)
    readonly property real captionText: Theme.mm(zones.head) * 0.9

    PlainText {
        id: caption

        objectName: "listCaption"
        anchors { left: parent.left; right: parent.right; top: parent.top; leftMargin: list.margin; rightMargin: list.margin }
        height: Theme.mm(list.zones.captionHeight)
        text: list.display.around.caption
        color: Theme.quietOnNight
        font { pixelSize: list.captionText; weight: Font.DemiBold }
        horizontalAlignment: Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: list.captionText / 2
        elide: Text.ElideRight
    }

    Rectangle {
        anchors { left: parent.left; right: parent.right; top: caption.bottom; leftMargin: list.margin; rightMargin: list.margin }
        height: Theme.border
        color: Theme.nightLine
    }

    // Not a positioner, which warns of each number that stays in the list a moment longer than its place.
    Item {
        anchors { left: parent.left; right: parent.right; top: caption.bottom; leftMargin: list.margin; rightMargin: list.margin }

        Repeater {
            model: list.display.around.numbers
            delegate: PlainText {
                required property int index
                required property string modelData
                readonly property int column: Math.floor(index / list.zones.numberRows)

                objectName: "listedNumber"
                width: (list.width - 2 * list.margin) / list.zones.numberColumns
                height: Theme.mm(list.zones.numberHeight)
                x: (list.display.rightToLeft ? list.zones.numberColumns - 1 - column : column) * width
                y: index % list.zones.numberRows * height
                text: modelData
                color: Theme.inkOnNight
                font { pixelSize: Theme.mm(list.zones.numberText); weight: Font.Bold; features: Theme.figures }
                horizontalAlignment: Text.AlignLeft
                verticalAlignment: Text.AlignVCenter
            }
        }
    }

    PlainText {
        objectName: "listMore"
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; leftMargin: list.margin; rightMargin: list.margin }
        height: Theme.mm(list.zones.captionHeight)
        text: list.display.around.more
        color: Theme.quietOnNight
        font { pixelSize: list.captionText; weight: Font.DemiBold }
        horizontalAlignment: Text.AlignLeft
        verticalAlignment: Text.AlignVCenter
        fontSizeMode: Text.HorizontalFit
        minimumPixelSize: list.captionText / 2
        elide: Text.ElideRight
    }
}
