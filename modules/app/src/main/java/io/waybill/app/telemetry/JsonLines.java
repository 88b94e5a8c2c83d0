package io.waybill.app.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.event.KeyValuePair;

/**
 * A log event as one JSON object on one line: {@code time}, {@code level}, {@code logger}, {@code
 * thread}, {@code message}, the event's keys and values beside them, and {@code exception}. What is
 * in it is what the text log has: ids and words, never a payload.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final Set<String> OWN =
      Set.of("time", "level", "logger", "thread", "message", "exception");
  private static final byte[] NOTHING = {};

  private final JsonFactory factory = new JsonFactory();

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("time", event.getInstant().toString());
      json.writeStringField("level", event.getLevel().toString());
      json.writeStringField("logger", event.getLoggerName());
      json.writeStringField("thread", event.getThreadName());
      json.writeStringField("message", event.getFormattedMessage());
      writePairs(json, event.getKeyValuePairs());
      if (event.getThrowableProxy() != null) {
        json.writeStringField("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("into memory nothing fails", e);
    }
    return out.toByteArray();
  }

  private static void writePairs(JsonGenerator json, List<KeyValuePair> pairs) throws IOException {
    if (pairs == null) {
      return;
    }
    // Tools keep one of two fields of a name, and not all of them the same one.
    Set<String> used = new HashSet<>(OWN);
    for (KeyValuePair pair : pairs) {
      String key = pair.key;
      while (!used.add(key)) {
        key += "_";
      }
      json.writeFieldName(key);
      switch (pair.value) {
        case null -> json.writeNull();
        case Integer number -> json.writeNumber(number);
        case Long number -> json.writeNumber(number);
        case Boolean flag -> json.writeBoolean(flag);
        default -> json.writeString(String.valueOf(pair.value));
      }
    }
  }
}
