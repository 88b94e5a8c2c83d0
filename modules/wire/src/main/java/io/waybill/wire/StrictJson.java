package io.waybill.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.waybill.domain.RequestRules;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** JSON as RFC 8259 has it and nothing beyond: no comments, no NaN, no repeated names, UTF-8. */
final class StrictJson {
  /** Levels that a request has around its data. */
  private static final int OUTER_LEVELS = 2;

  static final JsonFactory FACTORY = factory(true);

  /**
   * For what was read by {@link #FACTORY} before: repeated names are not looked for, which takes a
   * hundred bytes for each name, and ten times the payload when it consists of names.
   */
  static final JsonFactory READ_BEFORE = factory(false);

  private static JsonFactory factory(boolean isStrict) {
    return JsonFactory.builder()
        .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, isStrict)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        // ASCII in UTF-16 or UTF-32 is UTF-8 with NULs between. A parser that finds that out reads
        // characters and tells no offsets of bytes, by which the data is cut out.
        .disable(JsonFactory.Feature.CHARSET_DETECTION)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(RequestRules.MAX_DEPTH + OUTER_LEVELS)
                .maxStringLength(RequestRules.MAX_STRING_LENGTH)
                .maxNumberLength(1_000)
                .maxNameLength(10_000)
                .build())
        .build();
  }

  static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);

  /** Looked at together. */
  private static final int MOST_CHARACTERS = 8 * 1024;

  private StrictJson() {}

  /** Whether the bytes are UTF-8 without a byte-order mark. */
  static boolean isUtf8(byte[] bytes) {
    if (bytes.length >= 3
        && bytes[0] == (byte) 0xEF
        && bytes[1] == (byte) 0xBB
        && bytes[2] == (byte) 0xBF) {
      return false;
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    // Nobody wants the characters: kept, those of 10 MiB would take 20.
    CharBuffer out = CharBuffer.allocate(Math.max(2, Math.min(bytes.length, MOST_CHARACTERS)));
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    return !result.isError();
  }

  /** What Jackson says of a syntax error, without the piece of input that it quotes. */
  static String place(JsonParser parser) {
    var location = parser.currentLocation();
    return "at line " + location.getLineNr() + ", column " + location.getColumnNr();
  }
}
