package io.waybill.channel.webhook;

import io.waybill.domain.RawJson;
import io.waybill.domain.Task;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The JSON object around the data of a webhook whose body is {@code envelope}. Written by hand
 * because data and metadata are spliced in as the bytes that they are.
 */
final class Envelope {
  private Envelope() {}

  static Body of(Task task, RawJson data) {
    StringBuilder head = new StringBuilder(512);
    head.append("{\"id\":").append(quoted(task.deliveryId().toString()));
    head.append(",\"type\":").append(quoted(task.payloadType()));
    head.append(",\"timestamp\":").append(quoted(task.createdAt().toString()));
    head.append(",\"organizationId\":").append(quoted(task.organizationId().toString()));
    task.correlationId().ifPresent(id -> head.append(",\"correlationId\":").append(quoted(id)));
    head.append(",\"tags\":").append(array(task.tags()));
    head.append(",\"metadata\":");

    return Body.of(
        List.of(
            utf8(head.toString()),
            task.metadata().bytes(),
            utf8(",\"data\":"),
            data.bytes(),
            utf8("}")));
  }

  private static String array(List<String> texts) {
    return String.join(",", texts.stream().map(Envelope::quoted).toList())
        .transform(items -> "[" + items + "]");
  }

  /** RFC 8259, section 7. */
  static String quoted(String text) {
    StringBuilder json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || isLoneSurrogate(text, i)) {
        // A lone surrogate has no UTF-8 form; its escape has, and says the same.
        json.append("\\u").append(String.format("%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  private static boolean isLoneSurrogate(String text, int at) {
    char c = text.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
