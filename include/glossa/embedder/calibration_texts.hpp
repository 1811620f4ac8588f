// A tokenizer comes in; token sequences of everyday texts in many languages go out, which tell what activations a
// model's layers have.
#pragma once

#include <glossa/encoder/ragged_batch.hpp>
#include <glossa/text/tokenizer.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace glossa::detail {

/// Written for this purpose. Models for one language read the others as rare pieces, which does no harm.
inline constexpr std::array<std::string_view, 36> kCalibrationTexts = {
    "",
    "query: how do I repair a bicycle tyre that loses air overnight?",
    "passage: The ferry leaves the harbour at seven and reaches the island before noon, weather permitting.",
    "She paid 1,250.50 € for the ticket on 3 May 2021 (no refund), then called customer_service@example.org!",
    "Photosynthesis turns light, water and carbon dioxide into sugar; the oxygen that we breathe is what remains.",
    "The committee rejected the amendment by nine votes to four, with two members abstaining.",
    "def mean(values): return sum(values) / len(values)  # fails on an empty list",
    "Der Zug nach Leipzig hat heute zwanzig Minuten Verspätung, weil ein Baum auf den Gleisen liegt.",
    "Wie beantragt man eine Geburtsurkunde im Ausland?",
    "Le musée ferme le mardi, mais le jardin reste ouvert toute la semaine aux visiteurs.",
    "La cosecha de aceitunas empezó tarde este año por culpa de las lluvias de octubre.",
    "O médico recomendou beber mais água e caminhar meia hora por dia.",
    "Il ponte romano fu ricostruito dopo l'alluvione, pietra su pietra.",
    "De gemeente plant vijfhonderd bomen langs de nieuwe weg naar het station.",
    "Flyget ställdes in på grund av snöstormen i norr.",
    "Biblioteka wypożycza książki na cztery tygodnie i nie pobiera opłat.",
    "Учёные измерили температуру воды на дне озера и нашли неизвестный вид рыб.",
    "Хто напише підручник, якщо не вчителі?",
    "Η πόλη χτίστηκε δίπλα στο ποτάμι πριν από τρεις χιλιάδες χρόνια.",
    "Tren saat kaçta kalkıyor ve bilet nereden alınır?",
    "تبدأ الدراسة في المدارس الريفية بعد موسم الحصاد مباشرة.",
    "הספר הישן נמצא במרתף, מתחת לערימה של מפות.",
    "این نان را مادربزرگم هر جمعه در تنور می‌پخت.",
    "किसान बारिश का इंतज़ार कर रहे हैं क्योंकि खेत सूख गए हैं।",
    "নদীর ধারে একটি ছোট দোকানে চা আর বিস্কুট পাওয়া যায়।",
    "மழை நின்ற பிறகு குழந்தைகள் தெருவில் விளையாடினார்கள்.",
    "ఈ పుస్తకం ధర ఎంత?",
    "ตลาดเช้าขายผักสดและปลาจากแม่น้ำทุกวันเสาร์",
    "Làm thế nào để nấu cơm mà không bị cháy dưới đáy nồi?",
    "Petani itu menanam padi dua kali setahun di lereng gunung.",
    "Mto ulifurika na kuharibu daraja la zamani usiku wa jana.",
    "春になると、川沿いの桜並木を見に多くの人が訪れます。",
    "这家工厂去年生产了三百万辆自行车，其中一半出口到国外。",
    "도서관은 월요일에 쉬고 나머지 날에는 밤 열 시까지 문을 연다.",
    "ქარი მთელი ღამე ქროდა და დილით თოვლი მოვიდა።",
    "Figs. 3a–c: ±0.25 °C at 2³ × 10⁻⁶ mol/L 🚀 (see § 4.1, № 17; cf. ﬂow ¾ …)",
};

/// Texts as the model reads them, none of more than `max_tokens` tokens.
template <class Texts = decltype(kCalibrationTexts)>
[[nodiscard]] RaggedBatch calibration_batch(const Tokenizer& tokenizer, std::size_t max_tokens,
                                            const Texts& texts = kCalibrationTexts) {
  RaggedBatch batch;
  for (const std::string_view text : texts) {
    const Encoding encoding = tokenizer.encode(text, {.max_tokens = max_tokens});
    if (!encoding.ids.empty()) batch.add(encoding.ids);
  }
  return batch;
}

}  // namespace glossa::detail
