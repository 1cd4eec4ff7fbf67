// Words in lines of one height, whatever their script. Where a font asks for more, the last line still ends inside.
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
