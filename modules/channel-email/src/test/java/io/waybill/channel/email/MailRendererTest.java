package io.waybill.channel.email;

import static io.waybill.channel.email.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.waybill.domain.Reason;
import io.waybill.domain.TemplateRules;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates. Rows are those of the project's table of bad inputs. */
class MailRendererTest {
  private static Mail render(Attempts attempt) {
    return MailRenderer.render(attempt.config(), attempt.build());
  }

  private static Unrenderable failure(Attempts attempt) {
    Unrenderable failure = catchThrowableOfType(Unrenderable.class, () -> render(attempt));
    assertThat(failure).as("should not be rendered").isNotNull();
    return failure;
  }

  static Stream<Arguments> rendered() {
    return Stream.of(
        shown("row 54: text is literal", "{{x}}", "{\"x\": \"<img src=x>\"}", "<img src=x>"),
        shown("row 55: braces in a value", "{{x}}", "{\"x\": \"{{secret}}\"}", "{{secret}}"),
        shown("row 55: ${}", "{{x}}", "{\"x\": \"${env:HOME}\"}", "${env:HOME}"),
        shown("row 55: #{}", "{{x}}", "{\"x\": \"#{T(java)}%s%n\"}", "#{T(java)}%s%n"),
        shown("row 55: a section in a value", "{{x}}", "{\"x\": \"{{#a}}\"}", "{{#a}}"),
        shown("row 56: a path", "{{ payload.data.x }}", "{\"payload\":{\"data\":{\"x\":1}}}", "1"),
        shown("row 56: an index", "{{a.1.b}}", "{\"a\":[0,{\"b\":\"y\"}]}", "y"),
        shown(
            "row 56: an object",
            "{{x}}",
            "{\"x\": { \"b\": 1.10, \"a\": [null, \"ü\"] }}",
            "{\"b\":1.10,\"a\":[null,\"ü\"]}"),
        shown("row 56: an array", "{{x}}", "{\"x\": [1, true, \"a\\\"b\"]}", "[1,true,\"a\\\"b\"]"),
        shown("row 56: a boolean", "{{x}}", "{\"x\": false}", "false"),
        shown("row 56: 1e21", "{{x}}", "{\"x\": 1e21}", "1e21"),
        shown("row 56: a long", "{{x}}", "{\"x\": 9007199254740993}", "9007199254740993"),
        shown("row 56: 1.10", "{{x}}", "{\"x\": 1.10}", "1.10"),
        shown("row 56: an empty string", "[{{x}}]", "{\"x\": \"\"}", "[]"),
        shown("row 13: __proto__", "{{__proto__}}", "{\"__proto__\": 1}", "1"),
        shown("the class of nothing", "{{^class}}none{{/class}}", "{}", "none"),
        shown("a list", "{{#a}}<{{n}}>{{/a}}", "{\"a\":[{\"n\":1},{\"n\":2}]}", "<1><2>"),
        shown("elements", "{{#a}}{{.}},{{/a}}", "{\"a\":[1,\"b\"]}", "1,b,"),
        shown("an object as section", "{{#a}}{{b}}{{/a}}", "{\"a\":{\"b\":7}}", "7"),
        shown("false shows nothing", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "{\"a\":false}", "y"),
        shown("true shows it", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "{\"a\":true}", "x"),
        shown("an empty list is nothing", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "{\"a\":[]}", "y"),
        shown("a missing section is nothing", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "{}", "y"),
        shown("null is nothing", "{{#a}}x{{/a}}{{^a}}y{{/a}}", "{\"a\":null}", "y"),
        shown(
            "the outer name in a section",
            "{{#a}}{{n}}{{m}}{{/a}}",
            "{\"m\":2,\"a\":[{\"n\":1}]}",
            "12"),
        shown("a name of the metadata", "{{level}}", "{}", "critical"),
        shown("data before metadata", "{{level}}", "{\"level\": \"low\"}", "low"),
        shown("null in the data gives way", "{{level}}", "{\"level\": null}", "critical"),
        shown("the metadata by name", "{{metadata.level}}", "{\"level\": \"low\"}", "critical"),
        shown("the data by name", "{{data.level}}", "{\"level\": \"low\"}", "low"),
        shown("data before built-ins", "{{date}}", "{\"date\": \"today\"}", "today"));
  }

  private static Arguments shown(String label, String template, String data, String text) {
    return argumentSet(label, template, data, text);
  }

  @ParameterizedTest
  @MethodSource("rendered")
  void shows(String template, String data, String text) {
    Attempts attempt = anAttempt().body(template).data(data).metadata("{\"level\": \"critical\"}");

    assertThat(render(attempt).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "date, 2026-03-01",
    "time, 23:59:30",
    "timestamp, 2026-03-01T23:59:30.123Z",
    "year, 2026",
    "month, 03",
    "day, 01",
    "deliveryId, 8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f",
    "organizationId, hospital-001",
    "type, report",
    "correlationId, c-1",
  })
  void knowsOfEveryDelivery(String name, String value) {
    Attempts attempt = anAttempt().body("{{" + name + "}}").correlationId("c-1");

    assertThat(render(attempt).text()).isEqualTo(value);
  }

  @DisplayName("row 56: a missing value is named and nothing is rendered")
  @ParameterizedTest
  @CsvSource({
    "{{x}}, x",
    "{{nothing}}, nothing",
    "{{x.y.z}}, x.y.z",
    "{{a.b}}, a.b",
    "{{correlationId}}, correlationId",
    "{{a.class}}, a.class",
    "{{a.size}}, a.size",
    "{{a.entrySet}}, a.entrySet",
    "{{list.length}}, list.length",
    "{{list.9}}, list.9",
    "{{#list}}{{z}}{{/list}}, z",
    "{{#nulls}}{{.}}{{/nulls}}, .",
    "{{#yes}}{{.}}{{/yes}}, .",
  })
  void aMissingValueIsNamedAndNothingIsRendered(String template, String name) {
    Attempts attempt =
        anAttempt()
            .body(template)
            .data("{\"x\": null, \"a\": {}, \"list\": [{}], \"nulls\": [null], \"yes\": true}");

    Unrenderable failure = failure(attempt);

    assertThat(failure.reason()).isEqualTo(Reason.TEMPLATE_FIELD_MISSING);
    assertThat(failure.words()).startsWith("config.email.bodyTemplate shows {{" + name + "}}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[1]", "\"text\"", "7", "null", "true"})
  void dataThatIsNoObjectHasNoFieldsAndIsStillAttached(String data) {
    assertThat(render(anAttempt().data(data)).attachment().text()).isEqualTo(data);
    assertThat(failure(anAttempt().data(data).body("{{x}}")).reason())
        .isEqualTo(Reason.TEMPLATE_FIELD_MISSING);
  }

  /** Row 60. */
  @DisplayName("row 60: a control character in a header is refused and not repeated")
  @ParameterizedTest
  @ValueSource(
      strings = {"a\\r\\nBcc: evil@x.com", "a\\nb", "a\\rb", "a\\u0000b", "a\\u0085b", "\\u007f"})
  void aControlCharacterInAHeaderIsRefusedAndNotRepeated(String value) {
    for (Attempts attempt :
        new Attempts[] {
          anAttempt().subject("Alert: {{who}}"), anAttempt().attachmentName("{{who}}.json")
        }) {
      Unrenderable failure = failure(attempt.data("{\"who\": \"" + value + "\"}"));

      assertThat(failure.reason()).isEqualTo(Reason.TEMPLATE_HEADER_INJECTION);
      assertThat(failure.words()).contains("{{who}}").doesNotContain("evil");
    }
  }

  @Test
  void aLineBreakInABodyIsNothingSpecial() {
    assertThat(render(anAttempt().body("{{x}}").data("{\"x\": \"a\\nb\"}")).text())
        .isEqualTo("a\nb");
  }

  /** Row 61. */
  @DisplayName("row 61: a huge value is too large")
  @Test
  void aHugeValueIsTooLarge() {
    Unrenderable failure =
        failure(anAttempt().body("{{x}}").data("{\"x\": \"" + "x".repeat(5_000_000) + "\"}"));

    assertThat(failure.reason()).isEqualTo(Reason.RENDERED_TOO_LARGE);
    assertThat(failure.words()).hasSizeLessThan(300);
  }

  /** Row 61. */
  @DisplayName("row 61: many placeholders are rendered in time")
  @Test
  void manyPlaceholdersAreRenderedInTime() {
    long start = System.nanoTime();

    String text = render(anAttempt().body("{{n}}".repeat(100_000))).text();

    assertThat(text).hasSize(100_000);
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  @Test
  void sectionsThatMultiplyComeToAnEnd() {
    String list =
        IntStream.range(0, 2_000).mapToObj(String::valueOf).collect(Collectors.joining(","));
    String template = "{{#a}}".repeat(8) + "{{/a}}".repeat(8);
    long start = System.nanoTime();

    Unrenderable failure = failure(anAttempt().body(template).data("{\"a\": [" + list + "]}"));

    assertThat(failure.reason()).isEqualTo(Reason.RENDERED_TOO_LARGE);
    assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
  }

  @DisplayName("row 41: a subject is limited as it is sent")
  @ParameterizedTest
  @CsvSource({"s, 989, true", "s, 990, false", "s s, 330, true", "ü, 600, false"})
  void aSubjectIsLimitedAsItIsSent(String piece, int times, boolean fits) {
    Attempts attempt =
        anAttempt().subject("{{x}}").data("{\"x\": \"" + piece.repeat(times) + "\"}");

    if (fits) {
      assertThat(render(attempt).subject()).isEqualTo(piece.repeat(times));
    } else {
      assertThat(failure(attempt).reason()).isEqualTo(Reason.RENDERED_TOO_LARGE);
    }
  }

  @Test
  void dataThatIsManyValuesIsTooLargeOnlyWhereItIsAskedFor() {
    String data = "{\"a\": 1, \"many\": [" + "1,".repeat(300_000) + "1]}";

    assertThat(render(anAttempt().body("{{a}}").data(data)).text()).isEqualTo("1");
    assertThat(failure(anAttempt().body("{{#many}}x{{/many}}").data(data)).reason())
        .isEqualTo(Reason.RENDERED_TOO_LARGE);
  }

  /** The scanner that judges templates and the library that renders them must agree. */
  @Test
  void whatTheRulesAcceptTheLibraryRenders() {
    String[] pieces = {
      "{{a}}",
      "{{ a }}",
      "{{\na\n}}",
      "{{o.b}}",
      "{{#l}}",
      "{{/l}}",
      "{{^l}}",
      "{{.}}",
      "{{# o }}",
      "{{/ o }}",
      "{",
      "}",
      "{ {",
      "x",
      "\n",
      "\r\n",
      " ",
      "$",
      "%s",
      "<b>",
      "=",
      "!",
      "&",
      "ü",
      "😀"
    };
    RandomGenerator random = new SplittableRandom(4711);
    int rendered = 0;
    for (int i = 0; i < 20_000; i++) {
      String template =
          IntStream.range(0, random.nextInt(1, 9))
              .mapToObj(n -> pieces[random.nextInt(pieces.length)])
              .collect(Collectors.joining());
      if (TemplateRules.check("x", template).isEmpty()) {
        Attempts attempt = anAttempt().body(template).data("{\"a\":1,\"o\":{\"b\":2},\"l\":[3,4]}");
        assertThat(render(attempt).text()).as(template).doesNotContain("{{a", "{{o", "{{#");
        rendered++;
      }
    }
    assertThat(rendered).isGreaterThan(1_000);
  }

  @Test
  void valuesInASubjectAreNotEscaped() {
    assertThat(render(anAttempt().subject("{{x}}").data("{\"x\": \"A & B <c>\"}")).subject())
        .isEqualTo("A & B <c>");
  }

  @ParameterizedTest
  @CsvSource({
    "../../etc/passwd, _.._etc_passwd",
    "a/b\\c:d*e?f, a_b_c_d_e_f",
    "...hidden, hidden",
    "Bericht ü 2026.json, Bericht ü 2026.json",
    "'', data.json",
    "..., data.json",
  })
  void anAttachmentNameNamesAFile(String value, String name) {
    Attempts attempt =
        anAttempt()
            .attachmentName("{{x}}")
            .data("{\"x\": \"" + value.replace("\\", "\\\\") + "\"}");

    assertThat(render(attempt).attachmentName()).isEqualTo(name);
  }

  @Test
  void aTypeCannotLeadTheDefaultNameAstray() {
    assertThat(render(anAttempt().type("a/../b\r\nX: y")).attachmentName())
        .isEqualTo("a_.._b__X_ y-8d2f4f9e-6b1c-4c58-9b7e-0a1b2c3d4e5f.json");
  }

  @Test
  void theFieldsOfOtherTemplatesAreFoundToo() {
    Mail mail =
        render(
            anAttempt()
                .subject("{{a}}")
                .body("{{b}}")
                .html("<i>{{c}}</i>")
                .attachmentName("{{d}}")
                .data("{\"a\": 1, \"b\": 2, \"c\": \"<\", \"d\": 4, \"e\": 5}"));

    assertThat(mail.subject()).isEqualTo("1");
    assertThat(mail.text()).isEqualTo("2");
    assertThat(mail.html()).contains("<i>&lt;</i>");
    assertThat(mail.attachmentName()).isEqualTo("4");
    assertThat(mail.toString()).doesNotContain("\"");
  }

  @Test
  void whatIsNoJsonIsNoMail() {
    assertThat(failure(anAttempt().body("{{x}}").data("{\"x\": ")).reason())
        .isEqualTo(Reason.MALFORMED);
  }
}
