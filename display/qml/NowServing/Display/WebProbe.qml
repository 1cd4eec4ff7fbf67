// Shows a web page as a display does: in a window that has drawn before. One pixel of it, behind all other windows.
import QtQuick

Window {
    id: probe

    property bool isDrawn: false

    visible: true
    width: 1
    height: 1
    color: "transparent"
    flags: Qt.Tool | Qt.FramelessWindowHint | Qt.WindowStaysOnBottomHint | Qt.WindowDoesNotAcceptFocus | Qt.WindowTransparentForInput

    onFrameSwapped: isDrawn = true

    Loader {
        width: 1
        height: 1
        active: probe.isDrawn
        source: "WebPage.qml"
        onLoaded: {
            const page = item as WebPage;
            page.loaded.connect(isGood => isGood ? lives.start() : Qt.exit(1));
            page.address = "data:text/html,<h1>Now Serving</h1>";
        }
    }

    Timer {
        id: lives

        interval: 4000 // it crashes, if it does, with its first frames
        onTriggered: Qt.exit(0)
    }

    Timer {
        interval: 30000
        running: true
        onTriggered: Qt.exit(1)
    }
}
