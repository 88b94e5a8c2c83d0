package io.waybill.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One field of an object in a format.
 *
 * @param doc what it means, in a sentence
 * @param byDefault what holds when it is left out
 * @param secret sealed before it is published, and masked when it is read back
 */
record Field(
    Shape shape, boolean required, String doc, Optional<JsonNode> byDefault, boolean secret) {

  static Field required(Shape shape, String doc) {
    return new Field(shape, true, doc, Optional.empty(), false);
  }

  static Field optional(Shape shape, String doc) {
    return new Field(shape, false, doc, Optional.empty(), false);
  }

  /** Optional, with a default. */
  static Field optional(Shape shape, String doc, JsonNode byDefault) {
    return new Field(shape, false, doc, Optional.of(byDefault), false);
  }

  /** The same field, sealed before it is published. */
  Field sealed() {
    return new Field(shape, required, doc, byDefault, true);
  }
}
