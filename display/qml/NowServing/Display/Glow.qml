// A light that pulses a few times behind a call.
import QtQuick
import NowServing

Rectangle {
    id: glow

    required property bool lit  // the pulses stop when it becomes false
    readonly property int steps: Math.round(Theme.pulse / Theme.pulseStep)  // to the brightest, and back again
    readonly property real brightest: 0.6
    readonly property alias pulsing: timer.running
    property int step: 0

    function pulse(): void {
        step = 0;
        timer.restart();
    }

    objectName: "glow"
    color: Theme.inkOnNight
    opacity: timer.running ? brightest * (1 - Math.cos(Math.PI * step / steps)) / 2 : 0
    onLitChanged: {
        if (!lit)
            timer.stop();
    }

    // Steps, not an animation: that would paint the whole call sixty times a second.
    Timer {
        id: timer

        interval: Theme.pulseStep
        repeat: true
        onTriggered: {
            if (++glow.step === 4 * 2 * glow.steps)
                stop();
        }
    }
}
