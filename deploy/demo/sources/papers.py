"""Draws the sample papers; everybody and every number in them is invented and each says so ("MẪU MINH HỌA").

python -m deploy.demo.sources.papers     writes the files into ../examples; the results are committed.
Needs the DejaVu fonts (Debian fonts-dejavu-core), which cover Vietnamese.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from deploy.demo.sources.forms import build as build_form

EXAMPLES = Path(__file__).parents[1] / "examples"
PAGE = (1000, 1414)  # A4 at about 120 dpi
INK, BLUE, RED, PALE = "#1c1c1c", "#1b3a6b", "#a3262a", "#e9e4d8"
NATION = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")

Lines = Sequence[tuple[str, str]]


def font(size: int, *, bold: bool = False, serif: bool = True) -> ImageFont.FreeTypeFont:
    family = "DejaVuSerif" if serif else "DejaVuSans"
    return ImageFont.truetype(f"{family}{'-Bold' if bold else ''}.ttf", round(size * 0.87))


def paper(office: str, title: str, lines: Lines, signer: str) -> Image.Image:
    """A page as an office would issue it: office, national motto, title, facts, signature, and a stamp."""
    page = Image.new("RGB", PAGE, "white")
    draw = ImageDraw.Draw(page)
    _mark(page)
    draw.multiline_text((70, 70), office, font=font(22, bold=True), fill=INK, align="center", spacing=6)
    for index, text in enumerate(NATION):
        draw.text((690, 78 + 32 * index), text, font=font(20, bold=True), fill=INK, anchor="mm")
    draw.line((600, 130, 780, 130), fill=INK, width=2)
    draw.text((PAGE[0] / 2, 240), title.upper(), font=font(34, bold=True), fill=RED, anchor="mm")
    y = 330
    for label, value in lines:
        draw.text((90, y), f"{label}:", font=font(24), fill=INK)
        draw.text((400, y), value, font=font(24, bold=True), fill=BLUE)
        draw.line((400, y + 32, 910, y + 32), fill="#b5b5b5")
        y += 56
    draw.text((720, y + 50), "Thanh Hóa, ngày 16 tháng 11 năm 2026", font=font(21), fill=INK, anchor="mm")
    draw.text((720, y + 90), signer.upper(), font=font(22, bold=True), fill=INK, anchor="mm")
    draw.ellipse((600, y + 120, 780, y + 300), outline=RED, width=5)
    draw.text((690, y + 210), "DẤU MẪU", font=font(24, bold=True), fill=RED, anchor="mm")
    draw.text((740, y + 290), "Lê Thị Ví Dụ", font=font(24, bold=True), fill=INK, anchor="mm")
    return page


def _mark(page: Image.Image) -> None:
    layer = Image.new("L", page.size, 0)
    middle = (page.width / 2, page.height / 2)
    size = min(page.size) // 9
    ImageDraw.Draw(layer).text(middle, "MẪU MINH HỌA", font=font(size, bold=True, serif=False), fill=38, anchor="mm")
    turned = layer.rotate(30)
    page.paste(Image.new("RGB", page.size, "#888888"), mask=turned)


def card(title: str, lines: Lines, picture: bool) -> Image.Image:
    """A plastic card photographed on a table."""
    photo = Image.new("RGB", (1200, 800), "#6f6255")
    draw = ImageDraw.Draw(photo)
    draw.rounded_rectangle((80, 90, 1120, 710), radius=36, fill=PALE, outline="#b9b09c", width=4)
    draw.text((640, 140), NATION[0], font=font(28, bold=True, serif=False), fill=INK, anchor="mm")
    draw.text((640, 176), NATION[1], font=font(22, serif=False), fill=INK, anchor="mm")
    draw.text((640, 240), title.upper(), font=font(44, bold=True, serif=False), fill=RED, anchor="mm")
    left = 430 if picture else 130
    if picture:
        _face(draw, (120, 290, 380, 640))
    for index, (label, value) in enumerate(lines):
        draw.text((left, 300 + 66 * index), label, font=font(20, serif=False), fill="#555555")
        draw.text((left, 324 + 66 * index), value, font=font(28, bold=True, serif=False), fill=INK)
    _mark(photo)
    return photo


def _face(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    draw.rectangle(box, fill="white", outline="#cfcfcf", width=2)
    draw.pieslice((left + width * 0.1, top + height * 0.62, right - width * 0.1, bottom + height * 0.4), 180, 360, BLUE)
    draw.ellipse((left + width * 0.28, top + height * 0.16, right - width * 0.28, top + height * 0.64), fill="#d9b48f")
    draw.pieslice((left + width * 0.25, top + height * 0.12, right - width * 0.25, top + height * 0.6), 180, 360, INK)


def plans() -> list[Image.Image]:
    """Two sheets of simple drawings of a house."""
    sheets = []
    for title in ("MẶT BẰNG TẦNG 1 — TỶ LỆ 1/100", "MẶT ĐỨNG CHÍNH — TỶ LỆ 1/100"):
        sheet = Image.new("L", (1414, 1000), "white")
        draw = ImageDraw.Draw(sheet)
        draw.rectangle((40, 40, 1374, 960), outline=0, width=3)
        draw.text((707, 905), title, font=font(30, bold=True, serif=False), fill=0, anchor="mm")
        draw.text((1340, 940), "Bản vẽ mẫu minh họa", font=font(20, serif=False), fill=90, anchor="rm")
        sheets.append(sheet)
    floor, front = (ImageDraw.Draw(sheet) for sheet in sheets)
    floor.rectangle((300, 140, 1100, 780), outline=0, width=8)
    for wall in ((700, 140, 700, 480), (300, 480, 1100, 480), (850, 480, 850, 780)):
        floor.line(wall, fill=0, width=6)
    for place, room in (
        ((500, 310), "Phòng khách"),
        ((900, 310), "Phòng ngủ"),
        ((575, 630), "Bếp"),
        ((975, 630), "WC"),
    ):
        floor.text(place, room, font=font(28, serif=False), fill=0, anchor="mm")
    floor.text((700, 110), "8,00 m", font=font(24, serif=False), fill=0, anchor="mm")
    front.rectangle((400, 420, 1000, 800), outline=0, width=6)
    front.polygon(((360, 420), (700, 190), (1040, 420)), outline=0, width=6)
    for opening in ((460, 520, 600, 680), (640, 520, 760, 800), (800, 520, 940, 680)):
        front.rectangle(opening, outline=0, width=4)
    return sheets


def _save_pdf(pages: Sequence[Image.Image], name: str) -> None:
    pages[0].save(
        EXAMPLES / name, "PDF", save_all=True, append_images=pages[1:], resolution=120, quality=60, title=name
    )


def main() -> int:
    clinic = "SỞ Y TẾ THANH HÓA\nBỆNH VIỆN MINH HỌA"
    ward = "ỦY BAN NHÂN DÂN\nPHƯỜNG QUẢNG PHÚ"
    mother, child = "Nguyễn Thị Mẫu", "Trần Minh Họa"
    born = ("Sinh ngày", "09/11/2026 lúc 05 giờ 30 phút")
    birth: Lines = (("Họ tên mẹ", mother), ("Năm sinh", "1998"), ("Số định danh", "038198000000"), born)
    more: Lines = (("Giới tính của con", "Nữ"), ("Cân nặng", "3.100 g"), ("Dự định đặt tên", child))
    _save_pdf([paper(clinic, "Giấy chứng sinh", (*birth, *more), "Thủ trưởng cơ sở")], "giay-chung-sinh.pdf")
    facts: Lines = (("Họ, chữ đệm, tên", child), born, ("Giới tính", "Nữ"), ("Họ tên mẹ", mother))
    _save_pdf([paper(ward, "Giấy khai sinh", facts, "Người ký giấy khai sinh")], "ket-qua-giay-khai-sinh.pdf")
    _save_pdf(plans(), "ban-ve-nha-o.pdf")
    couple: Lines = (("Họ tên vợ", mother), ("Họ tên chồng", "Trần Văn Ví Dụ"), ("Ngày đăng ký", "20/10/2024"))
    paper(ward, "Giấy chứng nhận kết hôn", couple, "Người ký").quantize(32).save(
        EXAMPLES / "giay-chung-nhan-ket-hon.png", optimize=True
    )
    person: Lines = (("Số / No.", "038198000000"), ("Họ và tên", mother.upper()), ("Ngày sinh", "01/01/1998"))
    rest: Lines = (("Giới tính · Quốc tịch", "Nữ · Việt Nam"), ("Có giá trị đến", "01/01/2038"))
    card("Căn cước", (*person, *rest), picture=True).save(EXAMPLES / "can-cuoc-mat-truoc.jpg", quality=80)
    back: Lines = (("Nơi cư trú", "Phường Quảng Phú, Thanh Hóa"), ("Nơi cấp", "Bộ Công an (mẫu)"))
    card("Mặt sau", back, picture=False).save(EXAMPLES / "can-cuoc-mat-sau.jpg", quality=80)
    portrait = Image.new("RGB", (600, 800), "white")
    _face(ImageDraw.Draw(portrait), (0, 0, 599, 799))
    portrait.save(EXAMPLES / "anh-chan-dung.jpg", quality=85)
    health: Lines = (("Họ tên", "Trần Văn Ví Dụ"), ("Hạng xe", "B"), ("Kết luận", "Đủ sức khỏe lái xe"))
    paper(clinic, "Giấy khám sức khỏe", health, "Người kết luận").save(EXAMPLES / "giay-kham-suc-khoe.jpg", quality=70)
    (EXAMPLES / "van-ban-lam-chung.docx").write_bytes(build_form(_witness(mother, child)))
    return 0


def _witness(mother: str, child: str) -> dict[str, object]:
    said = (
        f"Tôi là Phạm Thị Ví Dụ, cư trú tại phường Quảng Phú. Tôi làm chứng bà {mother} sinh cháu {child} "
        "tại nhà vào ngày 09/11/2026."
    )
    return {
        "mark": "Mẫu minh họa, người và số trong giấy là hư cấu",
        "title": "Văn bản làm chứng về việc sinh",
        "to": "Ủy ban nhân dân phường Quảng Phú",
        "sections": [{"text": [said, "Tôi cam đoan lời làm chứng trên là đúng sự thật."]}],
        "signers": ["Người làm chứng"],
    }


if __name__ == "__main__":
    sys.exit(main())
