// What plays beside the calls: a picture, a video, a text or a web page. Dimmed while a call is announced.
pragma ComponentBehavior: Bound
import QtQuick
import NowServing
import NowServing.Display.Models

Item {
    id: zone

    required property Playlist playlist
    required property bool ducked
    property color ink: Theme.inkOnNight
    readonly property bool isText: playlist.kind === "text"

    function fit(): void {
        playlist.fit(width * Screen.devicePixelRatio, height * Screen.devicePixelRatio);
    }

    clip: true
    visible: playlist.hasPages
    opacity: ducked ? 0.35 : 1
    onWidthChanged: fit()
    onHeightChanged: fit()
    Component.onCompleted: fit()

    Behavior on opacity {
        NumberAnimation { duration: Theme.quick }
    }

    PageImage {
        objectName: "pageImage"
        anchors.fill: parent
        playlist: zone.playlist
        visible: zone.playlist.kind === "picture" || zone.playlist.kind === "video"
    }

    Item {
        id: page

        readonly property real capital: Math.min(zone.width, zone.height) * 0.11

        anchors { fill: parent; margins: Math.min(zone.width, zone.height) * 0.06 }
        visible: zone.isText
        LayoutMirroring.enabled: zone.playlist.rightToLeft
        LayoutMirroring.childrenInherit: true

        FittedText {
            id: heading

            objectName: "pageHeading"
            anchors { left: parent.left; right: parent.right; top: parent.top }
            height: body.text === "" ? parent.height : Math.min(parent.height * 0.4, page.capital * 3.6)
            text: zone.playlist.heading
            color: zone.ink
            font { pixelSize: page.capital * 1.4; weight: Font.Bold }
            minimumPixelSize: page.capital * 0.34
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: body.text === "" ? Text.AlignVCenter : Text.AlignTop
        }

        FittedText {
            id: body

            objectName: "pageBody"
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
            height: parent.height - heading.contentHeight - page.capital * 0.6
            text: zone.playlist.body
            color: zone.ink
            font.pixelSize: page.capital
            minimumPixelSize: page.capital * 0.22
            horizontalAlignment: Text.AlignLeft
            verticalAlignment: Text.AlignTop
        }
    }

    Loader {
        anchors.fill: parent
        active: zone.playlist.webAddress !== ""
        visible: zone.playlist.kind === "web"
        source: "WebPage.qml"
        onLoaded: {
            const page = item as WebPage;
            page.address = Qt.binding(() => zone.playlist.webAddress);
            page.loaded.connect(zone.playlist.webLoaded);
        }
    }
}
