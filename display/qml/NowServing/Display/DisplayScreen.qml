// What a hall display shows: the newest call largest, the last calls below it, what the layout has beside them, a ticker.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Rectangle {
    id: root

    required property DisplayModel display
    readonly property Surroundings around: display.around
    readonly property Sizes zones: display.sizes
    readonly property real margin: Theme.mm(display.sizes.edge)
    readonly property real headText: Theme.mm(zones.head)

    function fit(): void {
        Theme.fit(width, height, display.sizes.inches);
    }

    color: Theme.night
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()
    LayoutMirroring.enabled: display.rightToLeft
    LayoutMirroring.childrenInherit: true

    Binding {
        target: Theme
        property: "dark"
        value: root.around.dark
    }

    Connections {
        target: root.display.sizes

        function onChanged(): void {
            root.fit();  // the screen may have become another one
        }
    }

    Item {
        id: head

        anchors { left: parent.left; right: parent.right; leftMargin: root.margin; rightMargin: root.margin }
        height: Theme.mm(root.zones.headHeight)

        PlainText {
            objectName: "hallName"
            anchors { left: parent.left; right: time.left; rightMargin: root.margin; top: parent.top; bottom: parent.bottom }
            text: root.display.crowdNotice || root.around.hallName
            visible: root.display.hasCalls
            color: root.display.crowdNotice ? Theme.inkOnNight : Theme.quietOnNight
            font { pixelSize: root.headText; weight: Font.DemiBold }
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: root.headText / 2
            elide: Text.ElideRight
        }

        PlainText {
            id: time

            objectName: "clock"
            anchors { right: parent.right; verticalCenter: parent.verticalCenter }
            text: root.around.clock ? root.display.clockText : ""
            color: Theme.inkOnNight
            font { pixelSize: root.headText; weight: Font.DemiBold; features: Theme.figures }
        }
    }

    Item {
        id: calls

        anchors { left: parent.left; top: head.bottom }
        width: Theme.mm(root.zones.callsWidth)
        height: Theme.mm(root.zones.callsHeight)

        Welcome {
            anchors.fill: parent
            display: root.display
            visible: !root.display.hasCalls
        }

        Calls {
            anchors { fill: parent; leftMargin: root.margin; rightMargin: root.margin }
            display: root.display
            visible: root.display.hasCalls
        }
    }

    Item {
        id: zone

        x: root.zones.beside && !root.display.rightToLeft ? calls.width : 0
        y: root.zones.beside ? head.height : head.height + calls.height
        width: Theme.mm(root.zones.zoneWidth)
        height: Theme.mm(root.zones.zoneHeight)
        visible: root.around.zone === "media"

        Rectangle {
            anchors { fill: parent; leftMargin: root.zones.beside ? 0 : root.margin; rightMargin: root.margin }
            radius: Theme.mm(root.zones.edge * 0.4)
            color: Theme.nightRow

            MediaZone {
                anchors.fill: parent
                playlist: root.display.playlist
                ducked: root.display.announcing
            }
        }
    }

    NumberList {
        x: zone.x
        y: zone.y
        width: zone.width
        height: zone.height
        display: root.display
        visible: root.around.zone === "next" || root.around.zone === "waiting"
    }

    Item {
        id: foot

        anchors { left: parent.left; right: parent.right; bottom: ticker.top; leftMargin: root.margin; rightMargin: root.margin }
        height: Theme.mm(root.zones.footHeight)

        PlainText {
            id: count

            objectName: root.around.moreCalls ? "moreCalls" : "peopleWaiting"
            anchors { left: parent.left; verticalCenter: parent.verticalCenter }
            text: root.around.moreCalls || root.around.peopleWaiting
            visible: text !== ""
            color: root.around.moreCalls ? Theme.inkOnNight : Theme.quietOnNight
            font { pixelSize: root.headText * 0.8; weight: root.around.moreCalls ? Font.DemiBold : Font.Normal }
        }

        PlainText {
            objectName: "outageNotice"
            anchors { right: parent.right; left: count.visible ? count.right : parent.left; leftMargin: root.margin; top: parent.top; bottom: parent.bottom }
            text: root.display.outageNotice
            color: Theme.inkOnNight
            font.pixelSize: root.headText * 0.8
            horizontalAlignment: Text.AlignRight
            verticalAlignment: Text.AlignVCenter
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: root.headText * 0.3
            elide: Text.ElideRight
        }
    }

    Ticker {
        id: ticker

        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: Theme.mm(root.zones.tickerHeight)
        textSize: Theme.mm(root.zones.ticker)
        around: root.around
        visible: height > 0
    }
}
