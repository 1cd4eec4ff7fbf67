// A text that becomes smaller until it fits, in several lines if need be; a word is broken only where it can't fit otherwise.
import QtQuick

PlainText {
    id: fitted

    readonly property bool hasRoomForEachWord: text.split(/[ \n]/).every(word => smallest.advanceWidth(word) <= width)

    fontSizeMode: Text.Fit
    wrapMode: hasRoomForEachWord ? Text.WordWrap : Text.Wrap
    elide: Text.ElideRight

    FontMetrics {
        id: smallest

        font { family: fitted.font.family; weight: fitted.font.weight; pixelSize: Math.max(1, fitted.minimumPixelSize) }
    }
}
