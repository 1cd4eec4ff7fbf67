// A calm light that swells a few times behind a call and is gone by itself.
import QtQuick
import NowServing

Rectangle {
    id: glow

    required property bool lit  // whether there is a call to light

    function swell(): void {
        swelling.restart();
    }

    objectName: "glow"
    color: Theme.inkOnNight
    opacity: 0
    onLitChanged: {
        if (!lit)
            swelling.stop();
    }

    SequentialAnimation {
        id: swelling

        loops: 4
        onStopped: glow.opacity = 0

        NumberAnimation { target: glow; property: "opacity"; to: Theme.still ? 0 : 0.6; duration: Theme.pulse; easing.type: Easing.InOutSine }
        NumberAnimation { target: glow; property: "opacity"; to: 0; duration: Theme.pulse; easing.type: Easing.InOutSine }
    }
}
