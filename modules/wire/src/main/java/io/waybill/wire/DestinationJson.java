package io.waybill.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.waybill.domain.DestinationConfig;
import io.waybill.domain.Fallback;
import io.waybill.domain.FieldError;
import io.waybill.domain.OrganizationId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON form of a destination as its owner writes it: {@code organizationId}, {@code label},
 * {@code type}, {@code description}, {@code isDefault} and {@code config.webhook} with {@code url},
 * {@code method}, {@code headers}, {@code timeout}, {@code retryConfig} and {@code body}, or {@code
 * config.email} with {@code service}, {@code smtpConfig}, {@code from}, {@code subject}, {@code
 * recipients} and templates. Times are whole milliseconds.
 *
 * <p>All that is wrong is named at once, fields that are not known among it: a misspelt {@code
 * heders} must not silently give a destination without credentials. No message repeats a value.
 */
public final class DestinationJson {
  /** A field that no destination has. */
  public static final String UNKNOWN_FIELD = "unknown-field";

  /** Not JSON, or not an object. */
  public static final String MALFORMED = "malformed";

  /** What stands in a read-back instead of a credential; a fingerprint may follow. */
  public static final String MASK = "****";

  private DestinationJson() {}

  /** Whether a value is the mask of a read-back, which keeps what is stored. */
  public static boolean isMask(String value) {
    return value.startsWith(MASK);
  }

  /** A destination as it is wished for: no id, no version, no credential. */
  public record Spec(
      OrganizationId organizationId,
      String label,
      Optional<String> description,
      boolean isDefault,
      DestinationConfig config,
      Fallback fallback) {}

  /** What came of reading one destination. */
  public sealed interface Parsed permits Valid, Invalid {}

  /**
   * A destination that keeps all the rules.
   *
   * @param credentials by {@link DestinationConfig#credentialNames}, in clear: seal them before
   *     anything is published, and never print them
   * @param warnings what is allowed and yet worth a look, in words
   */
  public record Valid(Spec spec, Map<String, String> credentials, List<String> warnings)
      implements Parsed {
    public Valid {
      credentials = Map.copyOf(credentials);
      warnings = List.copyOf(warnings);
    }

    /** Without the credentials. */
    @Override
    public String toString() {
      return "Valid[" + spec + ", " + credentials.size() + " credentials]";
    }
  }

  /** Anything else. */
  public record Invalid(List<FieldError> errors) implements Parsed {
    public Invalid {
      errors = List.copyOf(errors);
    }
  }

  /** Reads one object, now. */
  public static Parsed parse(byte[] json) {
    return parse(json, InstantSource.system().instant());
  }

  /**
   * Reads one object.
   *
   * @param now by which certificates are valid or not
   */
  public static Parsed parse(byte[] json, Instant now) {
    Document document = document(json);
    return document.problem().isPresent()
        ? malformed(document.problem().get())
        : parse(document.root(), now);
  }

  /**
   * Reads one object or an array of them, now.
   *
   * @return one element for each object, in order; a single {@link Invalid} when the whole cannot
   *     be read
   */
  public static List<Parsed> parseAll(byte[] json) {
    Document document = document(json);
    if (document.problem().isPresent()) {
      return List.of(malformed(document.problem().get()));
    }
    JsonNode root = document.root();
    Instant now = InstantSource.system().instant();
    if (!root.isArray()) {
      return List.of(parse(root, now));
    }
    if (root.isEmpty()) {
      return List.of(malformed("must hold at least one destination, the list is empty"));
    }
    List<Parsed> all = new ArrayList<>();
    root.forEach(element -> all.add(parse(element, now)));
    return List.copyOf(all);
  }

  private static Parsed parse(JsonNode node, Instant now) {
    if (!node.isObject()) {
      return malformed(
          "must be a JSON object with organizationId, label, type and config, for example"
              + " {\"organizationId\": \"hospital-001\", \"label\": \"SIEM\", \"type\":"
              + " \"webhook\", \"config\": {\"webhook\": {\"url\": \"https://...\"}}}");
    }
    return new DestinationDraft(now).read(node);
  }

  private static Invalid malformed(String message) {
    return new Invalid(List.of(new FieldError("", MALFORMED, message)));
  }

  private static Document document(byte[] json) {
    JsonNode missing = StrictJson.MAPPER.missingNode();
    if (!StrictJson.isUtf8(json)) {
      return new Document(missing, Optional.of("must be JSON in UTF-8 without a byte-order mark"));
    }
    try (JsonParser parser = StrictJson.FACTORY.createParser(json)) {
      try {
        if (parser.nextToken() == null) {
          return new Document(missing, Optional.of("is empty; it must be JSON"));
        }
        JsonNode root = StrictJson.MAPPER.readTree(parser);
        if (parser.nextToken() != null) {
          return new Document(
              missing, Optional.of("something follows the JSON " + StrictJson.place(parser)));
        }
        return new Document(root, Optional.empty());
      } catch (JsonProcessingException e) {
        // Its own message would quote the input, which can hold a credential.
        return new Document(
            missing,
            Optional.of(
                "is not well-formed JSON "
                    + StrictJson.place(parser)
                    + " (cut off, a name twice, or a syntax error)"));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }

  private record Document(JsonNode root, Optional<String> problem) {}
}
