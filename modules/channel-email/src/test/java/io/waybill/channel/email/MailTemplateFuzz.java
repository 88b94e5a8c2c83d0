package io.waybill.channel.email;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import io.waybill.domain.RawJson;
import io.waybill.domain.Reason;
import io.waybill.domain.RequestRules;
import io.waybill.domain.TemplateRules;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A template in the first line, the data that it shows in the second, and an API's answer. */
public final class MailTemplateFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text(
              "a {{x}} {{#l}}{{n}},{{.}}{{/l}}{{^l}}-{{/l}}\n{\"x\":1.10,\"l\":[{\"n\":2}]}"),
          Mutations.text(
              "{{x.y.0}}{{größe}} {{a-b}}\n{\"x\":{\"y\":[null,\"<b>\"]},\"größe\":true}"),
          Mutations.text("{{# a }}{{metadata.m}}{{/ a }}\n{\"a\":{\"a\":[]},\"m\":\"\\u0000\"}"),
          Mutations.text("{\"Message\":\"slow\",\"__type\":\"Throttling\"}\n120"));

  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private MailTemplateFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, UTF_8);
    int end = text.indexOf('\n') < 0 ? text.length() : text.indexOf('\n');
    String template = text.substring(0, end);
    String rest = text.substring(end).strip();
    HttpAnswer answer = new HttpAnswer(429, Map.of("retry-after", rest), text);
    answer.field("message");
    answer.pause("x-reset", NOW).ifPresent(pause -> assertThat(pause).isPositive());
    if (!TemplateRules.check("f", template).isEmpty()) {
      return;
    }
    for (TemplateText.Use use : TemplateText.Use.values()) {
      render(template, rest, use);
    }
  }

  private static void render(String template, String data, TemplateText.Use use) {
    try {
      Lookup lookup =
          Lookup.of(
              Attempts.anAttempt().build().task(),
              RawJson.of(data),
              TemplateRules.firstNames(template));
      String shown = TemplateText.render("f", template, use, lookup);
      assertThat(shown.length()).isLessThanOrEqualTo(TemplateText.MAX_LENGTH);
      if (use == TemplateText.Use.HEADER && !RequestRules.hasControlCharacters(template)) {
        assertThat(RequestRules.hasControlCharacters(shown)).as("breaks a header").isFalse();
      }
    } catch (IOException e) {
      // The data is no JSON, which fan-out would not have taken.
    } catch (Unrenderable e) {
      assertThat(e.reason())
          .as("what the rules let through, the library takes: %s", e.getMessage())
          .isIn(
              Reason.TEMPLATE_FIELD_MISSING,
              Reason.TEMPLATE_HEADER_INJECTION,
              Reason.RENDERED_TOO_LARGE);
    }
  }
}
