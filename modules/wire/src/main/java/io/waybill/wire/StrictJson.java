package io.waybill.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.RequestRules;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** JSON as RFC 8259 has it and nothing beyond: no comments, no NaN, no repeated names, UTF-8. */
final class StrictJson {
  /** Levels that a request has around its data. */
  private static final int OUTER_LEVELS = 2;

  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(RequestRules.MAX_DEPTH + OUTER_LEVELS)
                  .maxStringLength(RequestRules.MAX_STRING_LENGTH)
                  .maxNumberLength(1_000)
                  .maxNameLength(10_000)
                  .build())
          .build();

  static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

  private StrictJson() {}

  /** Whether the bytes are UTF-8 without a byte-order mark. */
  static boolean isUtf8(byte[] bytes) {
    if (bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF) {
      return false;
    }
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** What Jackson says of a syntax error, without the piece of input that it quotes. */
  static String place(JsonParser parser) {
    var location = parser.currentLocation();
    return "at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
