// Every size, colour and duration of our screens. Sizes are pixels, made of millimetres on the real screen by mm().
pragma Singleton
import QtQuick

QtObject {
    id: theme

    // ── sizes ──
    property real pixelsPerMm: 4
    readonly property real smallestTouch: mm(20)      // Colle & Hiszem 2004: smaller is slower and worse
    readonly property real gap: mm(4)
    readonly property real margin: mm(9)
    readonly property real radius: mm(2.5)
    readonly property real border: Math.max(1, mm(0.4))
    readonly property real smallText: mm(5.2)
    readonly property real text: mm(7)                // capitals of 5.1 mm; ADA 707.7.2 asks for 4.8
    readonly property real largeText: mm(9.5)
    readonly property real title: mm(14)
    readonly property real number: mm(60)
    readonly property var figures: ({ "tnum": 1, "zero": 1 })  // digits of equal width, for aligned numbers and clocks
    readonly property real leading: 1.25              // line height in font sizes; Arabic fonts ask for much more

    // ── colours; the contrast of each pair of text and ground is at least 7:1 ──
    property color accent: "#0b4a8f"
    readonly property color inkOnAccent: "#ffffff"
    readonly property color accentSoft: Qt.tint("#ffffff", Qt.alpha(accent, 0.10))
    readonly property color accentDeep: Qt.darker(accent, 1.35)
    readonly property color ground: "#f4f5f7"
    readonly property color surface: "#ffffff"
    readonly property color ink: "#14181f"
    readonly property color quietInk: "#47505c"
    readonly property color line: "#cfd5dd"
    readonly property color good: "#0b5d33"
    readonly property color goodSoft: "#e3f3ea"
    readonly property color warning: "#6b4400"
    readonly property color warningSoft: "#fff1d6"
    readonly property color bad: "#8c1420"
    readonly property color badSoft: "#fde7e9"
    property bool dark: true                          // of the hall display: white on dark, or dark on white
    readonly property color night: dark ? "#0e1726" : "#f4f5f7"
    readonly property color nightRow: dark ? "#182438" : "#ffffff"
    readonly property color nightLine: dark ? "#2b3a52" : "#cfd5dd"
    readonly property color inkOnNight: dark ? "#ffffff" : "#14181f"
    readonly property color quietOnNight: dark ? "#b9c6d8" : "#47505c"
    readonly property color call: dark ? "#ffd23f" : "#0b4a8f"           // used only for calls: "this is you"
    readonly property color inkOnCall: dark ? "#14181f" : "#ffffff"

    // ── durations of animations, in milliseconds; each animation means something ──
    property bool still: false                        // nothing moves; what has to be noticed pulses in fewer steps
    readonly property int quick: still ? 0 : 120
    property int arrive: still ? 0 : 280
    readonly property int pulse: 700                  // fewer than 3 flashes a second
    property int pulseStep: still ? 175 : 100

    function mm(millimetres: real): real {
        return millimetres * pixelsPerMm;
    }

    // A window of this many pixels on a screen of this diagonal, in inches.
    function fit(width: real, height: real, inches: real): void {
        if (width > 0 && height > 0 && inches > 0)
            pixelsPerMm = Math.hypot(width, height) / (inches * 25.4);
    }

    // A hall's own accent, made darker until white text on it has a contrast of 7:1 (WCAG 2.2, 1.4.6).
    function readable(accent: color): color {
        let shade = accent;
        for (let step = 0; step < 60 && 1.05 / (luminance(shade) + 0.05) < 7; step++)
            shade = Qt.darker(shade, 1.05);
        return shade;
    }

    function luminance(shade: color): real {
        const linear = part => part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
        return 0.2126 * linear(shade.r) + 0.7152 * linear(shade.g) + 0.0722 * linear(shade.b);
    }
}
