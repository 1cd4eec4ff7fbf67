// A light that pulses a few times behind a call.
import QtQuick
import NowServing

Rectangle {
    id: glow

    required property bool lit  // the pulses stop when it becomes false

    function pulse(): void {
        pulses.restart();
    }

    objectName: "glow"
    color: Theme.inkOnNight
    opacity: 0
    onLitChanged: {
        if (!lit)
            pulses.stop();
    }

    SequentialAnimation {
        id: pulses

        loops: 4
        onStopped: glow.opacity = 0

        NumberAnimation { target: glow; property: "opacity"; to: Theme.still ? 0 : 0.6; duration: Theme.pulse; easing.type: Easing.InOutSine }
        NumberAnimation { target: glow; property: "opacity"; to: 0; duration: Theme.pulse; easing.type: Easing.InOutSine }
    }
}
