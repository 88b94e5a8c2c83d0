package io.waybill.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Record keys as text. */
final class RecordKeys {
  private RecordKeys() {}

  static Optional<String> text(byte @Nullable [] key) {
    return key == null ? Optional.empty() : Optional.of(new String(key, UTF_8));
  }

  static byte[] bytes(Object id) {
    return id.toString().getBytes(UTF_8);
  }
}
