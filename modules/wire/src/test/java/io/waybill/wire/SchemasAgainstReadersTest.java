package io.waybill.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemas, judged by a validator that we did not write, and our readers must agree: on the
 * tutorial's examples, and wherever a schema says something about a field.
 */
class SchemasAgainstReadersTest {
  private static final Path TOP = Path.of("..", "..");
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Schema DESTINATION = schema("destination");
  private static final Schema REQUEST = schema("request");

  /** What the demo puts in the place of what only it knows. */
  private static final Map<String, String> FILLED =
      Map.of(
          "@url@", "https://siem.hospital.com/api",
          "@port@", "587",
          "@encryption@", "{\"enabled\": true, \"password\": \"correct horse battery staple\"}",
          "@endpoint@", "https://s3.example.com",
          "@accessKeyId@", "AKIAIOSFODNN7EXAMPLE",
          "@secretAccessKey@", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

  private static final String WEBHOOK =
      """
      {"organizationId": "hospital-001", "label": "SIEM", "type": "webhook", "description": "d",
       "isDefault": true, "fallbackDestinationIds": ["d-1"], "fallbackAfter": 5000,
       "config": {"webhook": {"url": "https://siem.hospital.com/api", "method": "PUT",
         "headers": {"Authorization": "Bearer t"}, "timeout": 15000, "body": "envelope",
         "retryConfig": {"maxRetries": 5, "baseDelay": 1000, "backoffMultiplier": 2.5,
                         "maxBackoffDelay": 120000},
         "signing": {"scheme": "standard-webhooks", "algorithm": "v1",
                     "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "overlap": 60000},
         "auth": {"type": "api-key", "header": "X-Key", "key": "k"},
         "gzip": true, "errorExcerpt": true}}}
      """;
  private static final String BASIC =
      """
      {"organizationId": "hospital-001", "label": "EHR", "type": "webhook",
       "config": {"webhook": {"url": "https://ehr.hospital.com/api",
         "signing": {"scheme": "headers", "secret": "0123456789abcdef0123456789abcdef"},
         "auth": {"type": "basic", "username": "u", "password": "p"},
         "tls": {"ca": "%1$s", "clientCertificate": "%1$s", "clientKey": "****"}}}}
      """
          .formatted(
              """
              -----BEGIN CERTIFICATE-----
              MIIBODCB66ADAgECAhRWfQjyVAhFHCtUHHx/D3/nrba3GzAFBgMrZXAwEjEQMA4G
              A1UEAwwHd2F5YmlsbDAeFw0yNjExMjYwMTM2MDVaFw0zNjExMjMwMTM2MDVaMBIx
              EDAOBgNVBAMMB3dheWJpbGwwKjAFBgMrZXADIQAGoTHJOYB1ed2dCAL2Uk+dgsp/
              hHz131fiHIjTcyM8L6NTMFEwHQYDVR0OBBYEFJAkiuyAhazf93m91nEuOr52mCIk
              MB8GA1UdIwQYMBaAFJAkiuyAhazf93m91nEuOr52mCIkMA8GA1UdEwEB/wQFMAMB
              Af8wBQYDK2VwA0EAsTzmp9qbaMgCw0kpjZwfpqkQWGUJ0tt6RbpuAc6UVTjYBd+z
              T3jA3jfW28mt42UVxoKmywCNT6zrS1Ci3dLADA==
              -----END CERTIFICATE-----
              """
                  .replace("\n", "\\n"));
  private static final String BEARER =
      """
      {"organizationId": "hospital-001", "label": "Lab", "type": "webhook",
       "config": {"webhook": {"url": "https://lab.hospital.com/api", "signing": {},
         "auth": {"type": "bearer", "token": "t"}}}}
      """;
  private static final String EMAIL =
      """
      {"organizationId": "hospital-001", "label": "Mail", "type": "email",
       "config": {"email": {"service": "smtp",
         "smtpConfig": {"host": "smtp.hospital.com", "port": 587, "secure": false,
                        "auth": {"user": "audit", "pass": "correct horse"}},
         "from": "audit@hospital.com", "subject": "Report {{date}}", "bodyTemplate": "b",
         "htmlTemplate": "<p>b</p>", "attachmentName": "report.json",
         "recipients": ["a@hospital.com"], "timeout": 20000,
         "encryption": {"enabled": false, "algorithm": "AES-256-GCM"},
         "retryConfig": {"maxRetries": 1}}}}
      """;
  private static final String TO_PASSWORD =
      """
      {"organizationId": "hospital-001", "label": "Mail", "type": "email",
       "config": {"email": {"service": "smtp", "smtpConfig": {"host": "smtp.hospital.com"},
         "from": "audit@hospital.com", "subject": "Report {{date}}",
         "recipients": ["a@hospital.com"],
         "encryption": {"enabled": true, "algorithm": "AES-256-GCM",
                        "password": "correct horse battery staple", "coverTemplate": "c"}}}}
      """;
  private static final String TO_CERTIFICATES =
      """
      {"organizationId": "hospital-001", "label": "Mail", "type": "email",
       "config": {"email": {"service": "smtp", "smtpConfig": {"host": "smtp.hospital.com"},
         "from": "audit@hospital.com", "subject": "Report {{date}}",
         "recipients": ["privacy-officer@hospital.com"],
         "encryption": {"enabled": true, "certificates": "%s"}}}}
      """
          .formatted(
              """
              -----BEGIN CERTIFICATE-----
              MIIBvDCCAWKgAwIBAgIUfO8CjxWJ9d5tUPLJ76Ff1QYCFx0wCgYIKoZIzj0EAwIw
              DDEKMAgGA1UEAwwBbzAgFw0yNjExMjYwNjU2MzVaGA8yMTI2MTEwMjA2NTYzNVow
              DDEKMAgGA1UEAwwBbzBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLTSOAplgQmG
              IPFfpS31f6itl11ecnQY+KJxiVvEw1GA8PP1p5FgN3V64ToaRiIvUDKVoo3KaamM
              yYNj3irZiFmjgZ8wgZwwHQYDVR0OBBYEFDTwI9gCjm/G1ZsIV18Jv3SXEb2OMB8G
              A1UdIwQYMBaAFDTwI9gCjm/G1ZsIV18Jv3SXEb2OMAwGA1UdEwEB/wQCMAAwDgYD
              VR0PAQH/BAQDAgMIMBMGA1UdJQQMMAoGCCsGAQUFBwMEMCcGA1UdEQQgMB6BHFBy
              aXZhY3ktT2ZmaWNlckBob3NwaXRhbC5jb20wCgYIKoZIzj0EAwIDSAAwRQIhAJLv
              Y6ReVgtqYQtUV8YGZC6fIxFqW2iE6kuenjtr284BAiBVeyi+na1IEweBEOsMMNON
              S5W0cDmyo30wQU7o0YtuIw==
              -----END CERTIFICATE-----
              """
                  .replace("\n", "\\n"));
  private static final String STORAGE =
      """
      {"organizationId": "hospital-001", "label": "Archive", "type": "storage",
       "config": {"storage": {"provider": "s3",
         "config": {"region": "us-east-1", "bucket": "audit-backup", "accessKeyId": "key-1",
                    "secretAccessKey": "secret-key-1", "sessionToken": "t",
                    "endpoint": "https://s3.example.com", "forcePathStyle": true,
                    "serverSideEncryption": "aws:kms", "kmsKeyId": "alias/audit",
                    "storageClass": "STANDARD_IA"},
         "path": "/audit/{year}/", "retention": {"days": 2555, "autoCleanup": false},
         "metadata": {"department": "audit"}, "timeout": 20000,
         "retryConfig": {"maxRetries": 1}}}}
      """;
  private static final String CLEAR =
      """
      {"deliveryId": "0b0f0f6e-5a4e-4a40-8b06-5a2f6a1f7a55", "organizationId": "hospital-001",
       "destinations": ["d-1", "d-2"],
       "payload": {"type": "phi-access", "data": {"a": 1.10}, "metadata": {"m": 1}},
       "options": {"priority": 10, "idempotencyKey": "k", "correlationId": "c", "tags": ["t"],
                   "deliverAt": "2026-01-31T08:00:00Z", "expiresAt": "2026-02-01T08:00:00Z"}}
      """;
  private static final String SEALED =
      """
      {"deliveryId": "0b0f0f6e-5a4e-4a40-8b06-5a2f6a1f7a55", "organizationId": "hospital-001",
       "destinations": "default",
       "payload": {"type": "phi-access",
         "sealed": {"algorithm": "AES-256-GCM", "keyId": "7", "hmac": "%s", "ciphertext": "%s"}},
       "options": {"priority": 3, "tags": []}}
      """
          .formatted("0f".repeat(32), "AAAA".repeat(20));

  /** What holds between fields or their values, which the readers know and no schema can say. */
  private static final Set<String> NO_SCHEMA_SAYS =
      Set.of(
          "/fallbackDestinationIds null",
          "/config/webhook/retryConfig/baseDelay = 3599999",
          "/config/webhook/retryConfig/baseDelay = 3600000",
          "/config/webhook/retryConfig/maxBackoffDelay = 10",
          "/config/webhook/retryConfig/maxBackoffDelay = 11",
          "/config/webhook/signing/scheme left out",
          "/config/webhook/signing/scheme null",
          "/config/email/encryption/password null",
          "/config/email/encryption/certificates null",
          "/config/storage/config/accessKeyId null",
          "/config/storage/config/secretAccessKey null",
          "/config/storage/config/endpoint left out",
          "/config/storage/config/endpoint null",
          "/config/storage/config/serverSideEncryption left out",
          "/config/storage/config/serverSideEncryption null",
          "/options/expiresAt of another kind");

  static Stream<Named<String>> tutorial() throws IOException {
    List<Named<String>> examples = new ArrayList<>();
    Path folder = Path.of("..", "demo", "src", "main", "resources", "io", "waybill", "demo");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".json")).sorted().toList()) {
        examples.add(Named.of(file.getFileName().toString(), Files.readString(file)));
      }
    }
    Pattern block = Pattern.compile("```json\n(\\{.*?)```", Pattern.DOTALL);
    for (String page :
        List.of("destinations.md", "requests.md", "guide/email.md", "guide/storage.md")) {
      Matcher found = block.matcher(Files.readString(TOP.resolve("docs").resolve(page)));
      while (found.find()) {
        examples.add(Named.of(page, found.group(1)));
      }
    }
    assertThat(examples).hasSizeGreaterThan(12);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("tutorial")
  void theTutorialsExamplesAreTakenByBoth(String example) {
    String text = example.replace("<destination id>", "d-1");
    for (var entry : FILLED.entrySet()) {
      text = text.replace(entry.getKey(), entry.getValue());
    }
    text = text.replaceAll("@[A-Za-z]+@", "x1");
    JsonNode json = read(text);
    Format format = json.has("payload") ? Format.REQUEST : Format.DESTINATION;
    assertThat(format.problems(json)).isEmpty();
    assertThat(format.isRead(json)).isTrue();
  }

  static Stream<Named<String>> whole() {
    return Stream.of(
        Named.of("webhook", WEBHOOK),
        Named.of("webhook with basic and TLS", BASIC),
        Named.of("webhook with a token", BEARER),
        Named.of("email", EMAIL),
        Named.of("email to a password", TO_PASSWORD),
        Named.of("email to certificates", TO_CERTIFICATES),
        Named.of("storage", STORAGE),
        Named.of("request", CLEAR),
        Named.of("sealed request", SEALED));
  }

  /** One change at a time, everywhere: what a schema says of a field the reader says too. */
  @ParameterizedTest
  @MethodSource("whole")
  void readersAndSchemasAgreeOnEveryField(String example) {
    JsonNode good = read(example);
    Format format = good.has("payload") ? Format.REQUEST : Format.DESTINATION;
    assertThat(format.problems(good)).isEmpty();
    assertThat(format.isRead(good)).isTrue();
    List<Changed> changes = new ArrayList<>();
    change(good, good, "", changes);
    assertThat(changes).hasSizeGreaterThan(20);
    assertThat(changes)
        .allSatisfy(changed ->
            assertThat(format.problems(changed.json()).isEmpty())
                .as("%s: %s", changed.what(), format.problems(changed.json()))
                .isEqualTo(
                    format.isRead(changed.json()) || NO_SCHEMA_SAYS.contains(changed.what())));
    assertThat(changes).anyMatch(changed -> format.isRead(changed.json()));
    assertThat(changes).anyMatch(changed -> !format.isRead(changed.json()));
  }

  /** Everything that a schema bounds, at its bounds and one beyond. */
  @ParameterizedTest
  @MethodSource("whole")
  void readersAndSchemasAgreeOnEveryBound(String example) {
    JsonNode good = read(example);
    Format format = good.has("payload") ? Format.REQUEST : Format.DESTINATION;
    List<Changed> changes = new ArrayList<>();
    bounds(good, good, "", read(format.text()), changes);
    assertThat(changes).isNotEmpty();
    assertThat(changes)
        .allSatisfy(changed ->
            assertThat(format.problems(changed.json()).isEmpty())
                .as("%s: %s", changed.what(), format.problems(changed.json()))
                .isEqualTo(
                    format.isRead(changed.json()) || NO_SCHEMA_SAYS.contains(changed.what())));
  }

  @Test
  void theDestinationSchemaTakesAListToo() {
    ArrayNode list = MAPPER.createArrayNode().add(read(WEBHOOK)).add(read(EMAIL));
    assertThat(Format.DESTINATION.problems(list)).isEmpty();
    ((ObjectNode) list.get(1)).put("lable", "x");
    assertThat(Format.DESTINATION.problems(list)).isNotEmpty();
    assertThat(Format.DESTINATION.problems(MAPPER.createArrayNode())).isNotEmpty();
  }

  @Test
  void anEditorIsToldWhichSchemaAFileFollows() {
    ObjectNode json = (ObjectNode) read(WEBHOOK);
    json.put("$schema", "https://example.com/destination.schema.json");
    assertThat(Format.DESTINATION.problems(json)).isEmpty();
    assertThat(Format.DESTINATION.isRead(json)).isTrue();
  }

  private record Changed(String what, JsonNode json) {}

  private static void change(JsonNode root, JsonNode node, String path, List<Changed> changes) {
    if (path.endsWith("/data") || path.endsWith("/metadata") || path.endsWith("/headers")) {
      return;
    }
    if (!node.isObject()) {
      return;
    }
    changes.add(
        new Changed(
            path + ": unknown field", edit(root, path, object -> object.put("heders", "x"))));
    for (var entry : node.properties()) {
      String name = entry.getKey();
      String place = path + "/" + name;
      changes.add(
          new Changed(place + " left out", edit(root, path, object -> object.remove(name))));
      changes.add(new Changed(place + " null", edit(root, path, object -> object.putNull(name))));
      JsonNode other =
          entry.getValue().isTextual()
              ? JsonNodeFactory.instance.numberNode(7)
              : JsonNodeFactory.instance.textNode("~");
      if (!name.equals("data")) {
        changes.add(
            new Changed(
                place + " of another kind", edit(root, path, object -> object.set(name, other))));
      }
      change(root, entry.getValue(), place, changes);
    }
  }

  private static void bounds(
      JsonNode root, JsonNode node, String path, JsonNode schema, List<Changed> changes) {
    JsonNode fields = schema.path("properties");
    if (schema.has("else") && schema.path("else").has("$ref")) {
      fields = schema.at("/$defs/destination/properties");
    }
    for (var entry : node.properties()) {
      String name = entry.getKey();
      String place = path + "/" + name;
      JsonNode field = fields.path(name);
      for (String bound : List.of("minimum", "maximum")) {
        if (field.has(bound)) {
          for (int step = -1; step <= 1; step++) {
            JsonNode value =
                JsonNodeFactory.instance.numberNode(
                    field.path(bound).decimalValue().intValue() + step);
            changes.add(
                new Changed(
                    place + " = " + value, edit(root, path, object -> object.set(name, value))));
          }
        }
      }
      for (JsonNode word : field.path("enum")) {
        if (word.isTextual()) {
          String text = word.textValue();
          changes.add(
              new Changed(
                  place + " = " + text + "x",
                  edit(root, path, object -> object.put(name, text + "x"))));
        }
      }
      if (field.has("maxLength") && !name.equals("path")) {
        changes.add(
            new Changed(
                place + " too long",
                edit(
                    root,
                    path,
                    object ->
                        object.put(
                            name,
                            entry.getValue().textValue()
                                + "x".repeat(field.path("maxLength").intValue())))));
      }
      if (field.has("pattern")) {
        changes.add(
            new Changed(
                place + " of another form",
                edit(root, path, object -> object.put(name, "\n#@ ?"))));
      }
      if (entry.getValue().isObject() && field.has("properties")) {
        bounds(root, entry.getValue(), place, field, changes);
      }
    }
  }

  private static JsonNode edit(
      JsonNode root, String path, java.util.function.Consumer<ObjectNode> change) {
    JsonNode copy = root.deepCopy();
    change.accept((ObjectNode) copy.at(path));
    return copy;
  }

  private enum Format {
    DESTINATION,
    REQUEST;

    String text() {
      return this == REQUEST ? FormatSchemas.request() : FormatSchemas.destination();
    }

    List<Error> problems(JsonNode json) {
      Schema schema =
          this == REQUEST
              ? SchemasAgainstReadersTest.REQUEST
              : SchemasAgainstReadersTest.DESTINATION;
      return schema.validate(json.toString(), InputFormat.JSON);
    }

    boolean isRead(JsonNode json) {
      byte[] bytes = json.toString().getBytes(UTF_8);
      return this == REQUEST
          ? new Codecs(new InMemorySchemaRegistry()).requests().decode(bytes)
              instanceof DecodedRequest.Valid
          : DestinationJson.parse(bytes) instanceof DestinationJson.Valid;
    }
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Schema schema(String name) {
    try {
      String text =
          Files.readString(TOP.resolve("docs").resolve("schemas").resolve(name + ".schema.json"));
      return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(SchemaLocation.of("urn:waybill:schema:" + name), text, InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
