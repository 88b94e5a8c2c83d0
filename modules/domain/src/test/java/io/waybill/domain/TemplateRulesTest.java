package io.waybill.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateRulesTest {
  private static List<FieldError> check(String template) {
    return TemplateRules.check("config.email.bodyTemplate", template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no braces",
        "a { b } c",
        "{{date}}",
        "{{ payload.data.x }}",
        "{{a.0.b_c-d}}",
        "{{größe}}",
        "{\"a\": {{n}}}",
        "{{#items}}{{name}}: {{.}}{{/items}}{{^items}}none{{/items}}",
        "{{# a }}{{#b}}{{/ b}}{{/a}}",
        "$100 and 100% and #{x} ${y}",
      })
  void accepts(String template) {
    assertThat(check(template)).isEmpty();
  }

  @DisplayName("row 58: refuses with the place")
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        // Row 58 of the bad inputs, and what Mustache and Handlebars have besides.
        "{{a                    | line 1, column 1 | never closed",
        "x }}                   | line 1, column 3 | closes nothing",
        "{{a}}}}                | line 1, column 6 | closes nothing",
        "ab {{{a}}}             | line 1, column 4 | three braces",
        "{{#if}}                | line 1, column 1 | never closed",
        "{{#if x}}y{{/if}}      | line 1, column 1 | no helpers",
        "{{#each items}}{{/each}} | line 1, column 1 | no helpers",
        "{{a{{b}}}}             | line 1, column 1 | a brace stands inside",
        "{{&a}}                 | line 1, column 1 | always escaped",
        "{{> footer}}           | line 1, column 1 | no partials",
        "{{=<% %>=}}            | line 1, column 1 | delimiters",
        "{{! comment }}         | line 1, column 1 | comments",
        "{{}}                   | line 1, column 1 | names nothing",
        "{{  }}                 | line 1, column 1 | names nothing",
        "{{.}}                  | line 1, column 1 | inside of a section",
        "{{this}}               | line 1, column 1 | 'this'",
        "{{this.a}}             | line 1, column 1 | 'this'",
        "{{a b}}                | line 1, column 1 | not a name",
        "{{a..b}}               | line 1, column 1 | not a name",
        "{{.a}}                 | line 1, column 1 | not a name",
        "{{#a}}x{{/\u2003a}}     | line 1, column 8 | not open here",
        "{{\u2003a}}            | line 1, column 1 | not a name",
        "{{-index}}             | line 1, column 1 | not a name",
        "{{date \"yyyy\"}}      | line 1, column 1 | not a name",
        "{{#a}}x                | line 1, column 1 | never closed",
        "x{{/a}}                | line 1, column 2 | not open here",
        "{{#a}}{{#b}}{{/a}}{{/b}} | line 1, column 13 | not open here",
      })
  void refusesWithThePlace(String template, String place, String words) {
    assertThat(check(template))
        .singleElement()
        .satisfies(error -> {
          assertThat(error.field()).isEqualTo("config.email.bodyTemplate");
          assertThat(error.code()).isEqualTo("template-syntax");
          assertThat(error.message()).startsWith(place + ": ").contains(words);
        });
  }

  @Test
  void countsLines() {
    assertThat(check("one\ntwo {{x}}\n  {{y"))
        .singleElement()
        .satisfies(error -> assertThat(error.message()).startsWith("line 3, column 3: "));
  }

  @Test
  void limitsTheDepthOfSections() {
    String deep = "{{#a}}".repeat(9) + "{{/a}}".repeat(9);

    assertThat(check(deep)).extracting(FieldError::code).containsExactly("template-syntax");
  }

  @Test
  void limitsTheLength() {
    assertThat(check("x".repeat(TemplateRules.MAX_TEMPLATE_BYTES))).isEmpty();
    assertThat(check("é".repeat(TemplateRules.MAX_TEMPLATE_BYTES / 2 + 1)))
        .extracting(FieldError::code)
        .containsExactly("too-long");
  }

  @Test
  void knowsWhatATemplateAsksFor() {
    assertThat(TemplateRules.firstNames("{{a.b}} {{#c}}{{d}}{{.}}{{/c}}{{^e}}{{/e}}"))
        .containsExactlyInAnyOrder("a", "c", "d", "e");
  }

  @Test
  void manyTagsAreReadInTime() {
    long start = System.nanoTime();

    assertThat(check("{{a}}".repeat(100_000))).isEmpty();

    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
  }

  /** An error thrown here would end the topology that owns destinations, again and again. */
  @Test
  void aNameOfManyPartsNeedsNoMoreStackThanAnother() {
    assertThat(check("{{a" + ".b".repeat(100_000) + "}}")).isEmpty();
    assertThat(check("{{a" + ".b".repeat(100_000) + ".}}"))
        .extracting(FieldError::code)
        .containsExactly("template-syntax");
  }
}
