// The hall display: the newest call largest, the last calls below it, and how many people wait.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Window {
    id: root

    required property DisplayModel display
    readonly property real margin: Theme.mm(display.sizes.margin)
    readonly property real headText: Theme.mm(display.sizes.head)

    function fit(): void {
        Theme.fit(width, height, display.sizes.inches);
    }

    width: 1280
    height: 720
    color: Theme.night
    title: qsTr("Hall display")
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()

    Item {
        anchors.fill: parent
        LayoutMirroring.enabled: root.display.rightToLeft
        LayoutMirroring.childrenInherit: true

        Item {
            id: head

            anchors { left: parent.left; right: parent.right; leftMargin: root.margin; rightMargin: root.margin }
            height: Theme.mm(root.display.sizes.headHeight)

            PlainText {
                objectName: "hallName"
                anchors { left: parent.left; right: time.left; rightMargin: root.margin; top: parent.top; bottom: parent.bottom }
                text: root.display.hallName
                visible: root.display.hasCalls
                color: Theme.quietOnNight
                font { pixelSize: root.headText; weight: Font.DemiBold }
                horizontalAlignment: Text.AlignLeft
                verticalAlignment: Text.AlignVCenter
                fontSizeMode: Text.HorizontalFit
                minimumPixelSize: root.headText / 2
                elide: Text.ElideRight
            }

            PlainText {
                id: time

                anchors { right: parent.right; verticalCenter: parent.verticalCenter }
                text: root.display.clockText
                color: Theme.inkOnNight
                font { pixelSize: root.headText; weight: Font.DemiBold; features: Theme.figures }
            }
        }

        Welcome {
            anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: foot.top }
            display: root.display
            visible: !root.display.hasCalls
        }

        Calls {
            anchors { left: parent.left; right: parent.right; top: head.bottom; bottom: foot.top; leftMargin: root.margin; rightMargin: root.margin }
            display: root.display
        }

        Item {
            id: foot

            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; leftMargin: root.margin; rightMargin: root.margin }
            height: Theme.mm(root.display.sizes.footHeight)

            PlainText {
                id: peopleWaiting

                anchors { left: parent.left; verticalCenter: parent.verticalCenter }
                text: qsTr("%n people wait", "", root.display.peopleWaiting)
                visible: root.display.known && root.display.peopleWaiting > 0
                color: Theme.quietOnNight
                font.pixelSize: root.headText * 0.8
            }

            PlainText {
                objectName: "outageNotice"
                anchors { right: parent.right; left: peopleWaiting.visible ? peopleWaiting.right : parent.left; leftMargin: root.margin; top: parent.top; bottom: parent.bottom }
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
    }
}
