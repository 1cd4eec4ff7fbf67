// A question and its answers as tiles; if they do not fit, they are scrolled by finger or with two keys at the top.
pragma ComponentBehavior: Bound
import QtQuick
import QtQuick.Layouts
import NowServing

FocusScope {
    id: page

    required property string title
    required property QtObject tiles
    property string question: ""
    property bool canGoBack: false
    property real tallestTile: Theme.mm(90)
    readonly property bool scrolls: grid.implicitHeight > view.height + 1

    signal chosen(choice: string)
    signal back

    onVisibleChanged: scrollToTop()

    function scrollToTop(): void {
        view.cancelFlick();
        view.contentY = 0;
    }

    Column {
        id: heading

        anchors {
            left: parent.left
            right: scrollKeys.visible ? scrollKeys.left : parent.right
            rightMargin: scrollKeys.visible ? Theme.gap : 0
            top: parent.top
        }
        spacing: Theme.mm(2)

        PlainText {
            width: parent.width
            height: Math.max(Theme.smallestTouch, contentHeight)
            text: page.title
            color: Theme.ink
            font.pixelSize: Theme.title
            font.weight: Font.Bold
            fontSizeMode: Text.HorizontalFit
            minimumPixelSize: Theme.largeText
            wrapMode: Text.Wrap
            maximumLineCount: 2
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignVCenter
        }

        PlainText {
            width: parent.width
            visible: text
            text: page.question
            color: Theme.quietInk
            font.pixelSize: Theme.largeText
            wrapMode: Text.Wrap
            horizontalAlignment: Text.AlignLeft
        }
    }

    Row {
        id: scrollKeys

        anchors { right: parent.right; top: parent.top }
        visible: page.scrolls
        spacing: Theme.gap

        BigButton {
            objectName: "previous tiles"
            enabled: !view.atYBeginning
            opacity: enabled ? 1 : 0.3
            text: "↑"
            font.pixelSize: Theme.title
            Accessible.name: qsTr("Previous services")
            onClicked: view.scrollPages(-1)
        }

        BigButton {
            objectName: "more tiles"
            enabled: !view.atYEnd
            opacity: enabled ? 1 : 0.3
            text: "↓"
            font.pixelSize: Theme.title
            Accessible.name: qsTr("More services")
            onClicked: view.scrollPages(1)
        }
    }

    Flickable {
        id: view

        objectName: "view"

        function reveal(tile: Item): void {
            const top = tile.mapToItem(grid, 0, 0).y;
            contentY = Math.max(Math.min(contentY, top), top + tile.height - height);
        }

        function scrollPages(pages: int): void {
            contentY = Math.max(0, Math.min(contentHeight - height, contentY + pages * height * 0.9));
        }

        anchors {
            left: parent.left
            right: parent.right
            top: heading.bottom
            bottom: backButton.visible ? backButton.top : parent.bottom
            topMargin: Theme.mm(3)
            bottomMargin: backButton.visible ? Theme.gap : 0
        }
        contentHeight: Math.max(height, grid.height)
        boundsBehavior: Flickable.StopAtBounds
        interactive: page.scrolls
        clip: page.scrolls

        GridLayout {
            id: grid

            readonly property int mostColumns: Math.floor((width + columnSpacing) / (Theme.mm(108) + columnSpacing))

            width: view.width
            height: Math.max(implicitHeight, Math.min(view.height, page.tallestTile * Math.ceil(tileList.count / columns)))
            y: Math.max(0, (view.height - height) / 2)
            columns: Math.max(1, Math.min(3, mostColumns, tileList.count === 4 ? 2 : tileList.count))
            columnSpacing: Theme.gap
            rowSpacing: Theme.gap
            uniformCellWidths: true

            Repeater {
                id: tileList

                model: page.tiles

                ChoiceTile {
                    id: tile

                    required property int index

                    Layout.fillWidth: true
                    Layout.fillHeight: true
                    onClicked: page.chosen(choice)
                    onActiveFocusChanged: if (activeFocus) view.reveal(tile)
                    Keys.onDownPressed: event => page.focusTile(index + grid.columns, event)
                    Keys.onUpPressed: event => page.focusTile(index - grid.columns, event)
                }
            }
        }
    }

    BigButton {
        id: backButton

        objectName: "back"
        anchors { left: parent.left; bottom: parent.bottom }
        visible: page.canGoBack
        text: qsTr("Back")
        onClicked: page.back()
    }

    function focusTile(index: int, event: KeyEvent): void {
        const next = tileList.itemAt(index);
        event.accepted = next !== null;
        if (event.accepted)
            next.forceActiveFocus(Qt.TabFocusReason);
    }
}
