// A code of a language comes in; the tag with its script goes out, as most of mteb's tasks write it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace glossa::detail {

/// ISO 639-3 with the script of ISO 15924 that most of mteb's tasks have the language in (see kKnownTags for the
/// others), and ISO 639-1 ("" for none).
struct LanguageTag {
  std::string_view tag;
  std::string_view short_code;
};

inline constexpr LanguageTag kLanguageTags[] = {
    {"abs-Latn", ""},   {"ace-Latn", ""},   {"afr-Latn", "af"}, {"amh-Ethi", "am"}, {"ang-Latn", ""},
    {"ara-Arab", "ar"}, {"arb-Arab", ""},   {"arq-Arab", ""},   {"ary-Arab", ""},   {"arz-Arab", ""},
    {"asm-Beng", "as"}, {"ast-Latn", ""},   {"awa-Deva", ""},   {"aze-Latn", "az"}, {"ban-Latn", ""},
    {"bbc-Latn", ""},   {"bel-Cyrl", "be"}, {"ben-Beng", "bn"}, {"ber-Tfng", ""},   {"bew-Latn", ""},
    {"bgc-Deva", ""},   {"bho-Deva", ""},   {"bhp-Latn", ""},   {"bjn-Latn", ""},   {"bod-Tibt", "bo"},
    {"bos-Latn", "bs"}, {"boy-Deva", ""},   {"bre-Latn", "br"}, {"btk-Latn", ""},   {"bug-Latn", ""},
    {"bul-Cyrl", "bg"}, {"cat-Latn", "ca"}, {"cbk-Latn", ""},   {"ceb-Latn", ""},   {"ces-Latn", "cs"},
    {"cha-Latn", ""},   {"cmn-Hans", "zh"}, {"cor-Latn", ""},   {"csb-Latn", ""},   {"cym-Latn", "cy"},
    {"dan-Latn", "da"}, {"deu-Latn", "de"}, {"dsb-Latn", ""},   {"dtp-Latn", ""},   {"ell-Grek", "el"},
    {"eng-Latn", "en"}, {"epo-Latn", "eo"}, {"est-Latn", "et"}, {"eus-Latn", "eu"}, {"fao-Latn", "fo"},
    {"fas-Arab", "fa"}, {"fil-Latn", ""},   {"fin-Latn", "fi"}, {"fra-Latn", "fr"}, {"fry-Latn", "fy"},
    {"gbm-Deva", ""},   {"gla-Latn", "gd"}, {"gle-Latn", "ga"}, {"glg-Latn", "gl"}, {"glv-Latn", "gv"},
    {"gom-Deva", ""},   {"gsw-Latn", ""},   {"guj-Gujr", "gu"}, {"hau-Latn", "ha"}, {"heb-Hebr", "he"},
    {"hin-Deva", "hi"}, {"hne-Deva", ""},   {"hrv-Latn", "hr"}, {"hsb-Latn", ""},   {"hun-Latn", "hu"},
    {"hye-Armn", "hy"}, {"ibo-Latn", "ig"}, {"ido-Latn", "io"}, {"ile-Latn", ""},   {"ilo-Latn", ""},
    {"ina-Latn", "ia"}, {"ind-Latn", "id"}, {"isl-Latn", "is"}, {"ita-Latn", "it"}, {"jav-Latn", "jv"},
    {"jpn-Jpan", "ja"}, {"kab-Latn", ""},   {"kan-Knda", "kn"}, {"kat-Geor", "ka"}, {"kaz-Cyrl", "kk"},
    {"khm-Khmr", "km"}, {"kin-Latn", "rw"}, {"kor-Hang", "ko"}, {"kur-Latn", "ku"}, {"kzj-Latn", ""},
    {"lat-Latn", "la"}, {"lav-Latn", "lv"}, {"lfn-Latn", ""},   {"lin-Latn", "ln"}, {"lit-Latn", "lt"},
    {"lug-Latn", "lg"}, {"lvs-Latn", ""},   {"mad-Latn", ""},   {"mai-Deva", ""},   {"mak-Latn", ""},
    {"mal-Mlym", "ml"}, {"mar-Deva", "mr"}, {"max-Deva", ""},   {"mhr-Cyrl", ""},   {"min-Latn", ""},
    {"mkd-Cyrl", "mk"}, {"mlt-Latn", "mt"}, {"mni-Mtei", ""},   {"mon-Cyrl", "mn"}, {"msa-Latn", "ms"},
    {"mui-Latn", ""},   {"mup-Deva", ""},   {"mwr-Deva", ""},   {"mya-Mymr", "my"}, {"nds-Latn", ""},
    {"nep-Deva", "ne"}, {"nij-Latn", ""},   {"nld-Latn", "nl"}, {"nno-Latn", "nn"}, {"nob-Latn", "nb"},
    {"nor-Latn", "no"}, {"nov-Latn", ""},   {"oci-Latn", "oc"}, {"ori-Orya", "or"}, {"orm-Ethi", "om"},
    {"orv-Cyrl", ""},   {"ory-Orya", ""},   {"pam-Latn", ""},   {"pan-Guru", "pa"}, {"pcm-Latn", ""},
    {"pes-Arab", ""},   {"pms-Latn", ""},   {"pol-Latn", "pl"}, {"por-Latn", "pt"}, {"pus-Arab", "ps"},
    {"raj-Deva", ""},   {"rej-Latn", ""},   {"ron-Latn", "ro"}, {"run-Latn", "rn"}, {"rus-Cyrl", "ru"},
    {"san-Deva", "sa"}, {"sat-Olck", ""},   {"sco-Latn", ""},   {"slk-Latn", "sk"}, {"slv-Latn", "sl"},
    {"sna-Latn", "sn"}, {"som-Latn", "so"}, {"spa-Latn", "es"}, {"sqi-Latn", "sq"}, {"srp-Cyrl", "sr"},
    {"sun-Latn", "su"}, {"swa-Latn", "sw"}, {"swe-Latn", "sv"}, {"swg-Latn", ""},   {"swh-Latn", ""},
    {"tam-Taml", "ta"}, {"tat-Cyrl", "tt"}, {"tel-Telu", "te"}, {"tgl-Latn", "tl"}, {"tha-Thai", "th"},
    {"tir-Ethi", "ti"}, {"tso-Latn", "ts"}, {"tuk-Latn", "tk"}, {"tur-Latn", "tr"}, {"twi-Latn", "tw"},
    {"tzl-Latn", ""},   {"uig-Arab", "ug"}, {"ukr-Cyrl", "uk"}, {"urd-Arab", "ur"}, {"uzb-Latn", "uz"},
    {"vie-Latn", "vi"}, {"war-Latn", ""},   {"wln-Latn", "wa"}, {"wuu-Hans", ""},   {"xho-Latn", "xh"},
    {"yid-Hebr", "yi"}, {"yor-Latn", "yo"}, {"yue-Hant", ""},   {"zho-Hans", ""},   {"zsm-Latn", ""},
    {"zul-Latn", "zu"},
};

[[nodiscard]] constexpr bool is_code(std::string_view text, std::size_t size) noexcept {
  if (text.size() != size) return false;
  for (const char c : text)
    if (c < 'a' || c > 'z') return false;
  return true;
}

/// Whether `text` is a region: two capital letters of ISO 3166, as in "zh-TW".
[[nodiscard]] constexpr bool is_region(std::string_view text) noexcept {
  return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

/// "deu-Latn" of "de", "deu", "de-AT", "deu-Latn" and "deu_Latn"; "" of what is no such code, or of an unknown one
/// without a script. Regions tell the script of Chinese alone.
[[nodiscard]] inline std::string language_tag(std::string_view code) {
  if (code.size() == 8 && is_code(code.substr(0, 3), 3) && (code[3] == '-' || code[3] == '_') && code[4] >= 'A' &&
      code[4] <= 'Z' && is_code(code.substr(5), 3))
    return std::string(code.substr(0, 3)) + "-" + std::string(code.substr(4));
  if (const std::size_t end = code.find_first_of("-_"); end != std::string_view::npos) {
    const std::string_view region = code.substr(end + 1);
    if (!is_region(region)) return {};
    std::string tag = language_tag(code.substr(0, end));
    if (tag.ends_with("-Hans") && (region == "TW" || region == "HK" || region == "MO")) tag.back() = 't';
    return tag;
  }
  if (is_code(code, 2) || is_code(code, 3))
    for (const LanguageTag& one : kLanguageTags)
      if (code == one.short_code || code == one.tag.substr(0, 3)) return std::string(one.tag);
  return {};
}

}  // namespace glossa::detail
