// Text with the same line height in every script; the last line is not cut where a font needs more.
import QtQuick
import NowServing

PlainText {
    id: lines

    lineHeightMode: Text.FixedHeight
    lineHeight: font.pixelSize * Theme.leading
    bottomPadding: Math.max(0, natural.implicitHeight - lineHeight)
    wrapMode: Text.Wrap
    horizontalAlignment: Text.AlignLeft

    PlainText {
        id: natural

        visible: false
        text: lines.text
        font: lines.font
    }
}
