package io.waybill.channel.storage;

import io.waybill.domain.Hashing;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the store of the other tests cannot do: Object Lock, tags, conditional completion of
 * uploads, and faults when they are wanted. Speaks the protocol as Amazon documents it, for one
 * bucket; every request can be answered otherwise first.
 */
final class FakeS3 implements RawServer.Script {
  /** The least that it takes, the last part excepted; a real store wants 5 MiB. */
  static final int PART_SIZE = 5 * 1024;

  private static final Pattern PART = Pattern.compile("<PartNumber>(\\d+)</PartNumber>");
  private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

  final Map<String, Kept> objects = new ConcurrentHashMap<>();
  final Map<String, Begun> uploads = new ConcurrentHashMap<>();
  private final AtomicInteger nextUpload = new AtomicInteger();
  private volatile boolean hasLock;
  private volatile boolean ignoresPrefixes;
  private volatile List<String> said = List.of();
  private volatile @Nullable String defaultMode;
  private volatile Function<RawServer.Seen, Optional<String>> fault = request -> Optional.empty();

  /** An object. */
  record Kept(byte[] content, RawServer.Seen said, String checksum) {}

  /** An upload that nobody has ended. */
  record Begun(String key, RawServer.Seen said, Instant at, Map<Integer, byte[]> parts) {
    /** Without anything in it. */
    static Begun empty(String key, Instant at) {
      return new Begun(key, new RawServer.Seen("POST / HTTP/1.1\r\n", new byte[0]), at, Map.of());
    }
  }

  FakeS3 locking(@Nullable String newDefaultMode) {
    hasLock = true;
    defaultMode = newDefaultMode;
    return this;
  }

  /** Headers of every object. */
  FakeS3 saying(String... headers) {
    said = List.of(headers);
    return this;
  }

  FakeS3 ignoringPrefixes() {
    ignoresPrefixes = true;
    return this;
  }

  /** What is answered instead; an empty text means that nothing ever is. */
  FakeS3 failing(Function<RawServer.Seen, Optional<String>> newFault) {
    fault = newFault;
    return this;
  }

  static boolean is(RawServer.Seen request, String method, String query) {
    return request.requestLine().startsWith(method + " ") && request.requestLine().contains(query);
  }

  @Override
  public boolean answer(RawServer.Seen request, OutputStream out) throws IOException {
    Optional<String> instead = fault.apply(request);
    if (instead.isPresent() && instead.get().isEmpty()) {
      return hang();
    }
    RawServer.write(out, instead.orElseGet(() -> answer(request)));
    return true;
  }

  /** Until whoever waits gives up, or a minute at most. */
  private static boolean hang() {
    try {
      return new CountDownLatch(1).await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String answer(RawServer.Seen request) {
    String[] line = request.requestLine().split(" ");
    String[] target = line[1].split("\\?", 2);
    String key = target[0].substring(target[0].indexOf('/', 1) + 1);
    Map<String, String> query = query(target.length > 1 ? target[1] : "");
    return switch (line[0]) {
      case "GET" ->
          query.containsKey("object-lock")
              ? lock()
              : query.containsKey("uploads") ? uploads(query) : list(query);
      case "HEAD" -> head(key);
      case "PUT" -> query.containsKey("partNumber") ? part(request, query) : put(request, key);
      case "POST" -> query.containsKey("uploads") ? begin(request, key) : complete(request, query);
      case "DELETE" -> {
        if (query.containsKey("uploadId")) {
          uploads.remove(query.getOrDefault("uploadId", ""));
        } else {
          objects.remove(key);
        }
        yield RawServer.answer(204, "");
      }
      default -> RawServer.error(405, "MethodNotAllowed");
    };
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] sides = pair.split("=", 2);
      query.put(sides[0], sides.length > 1 ? sides[1] : "");
    }
    return query;
  }

  private String lock() {
    if (!hasLock) {
      return RawServer.error(404, "ObjectLockConfigurationNotFoundError");
    }
    String rule =
        defaultMode == null
            ? ""
            : "<Rule><DefaultRetention><Mode>"
                + defaultMode
                + "</Mode><Days>1</Days></DefaultRetention></Rule>";
    return xml(
        "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled>"
            + rule
            + "</ObjectLockConfiguration>");
  }

  private String uploads(Map<String, String> query) {
    String prefix = decoded(query.getOrDefault("prefix", ""));
    StringBuilder found = new StringBuilder();
    uploads.forEach((id, upload) -> {
      if (ignoresPrefixes || upload.key().startsWith(prefix)) {
        found.append(
            "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>%s</Initiated></Upload>"
                .formatted(upload.key(), id, upload.at()));
      }
    });
    return xml("<ListMultipartUploadsResult>" + found + "</ListMultipartUploadsResult>");
  }

  /** Pages of as many as were asked for. */
  private String list(Map<String, String> query) {
    String prefix = decoded(query.getOrDefault("prefix", ""));
    String after = decoded(query.getOrDefault("continuation-token", ""));
    int most = Integer.parseInt(query.getOrDefault("max-keys", "1000"));
    List<String> keys =
        objects.keySet().stream()
            .filter(key -> ignoresPrefixes || key.startsWith(prefix))
            .filter(key -> key.compareTo(after) > 0)
            .sorted()
            .toList();
    List<String> page = keys.subList(0, Math.min(most, keys.size()));
    boolean isTruncated = page.size() < keys.size();
    StringBuilder found = new StringBuilder();
    page.forEach(key -> found.append("<Contents><Key>" + key + "</Key></Contents>"));
    return xml(
        "<ListBucketResult><IsTruncated>"
            + isTruncated
            + "</IsTruncated>"
            + (isTruncated
                ? "<NextContinuationToken>" + page.getLast() + "</NextContinuationToken>"
                : "")
            + found
            + "</ListBucketResult>");
  }

  private static String decoded(String text) {
    return java.net.URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private String head(String key) {
    Kept kept = objects.get(key);
    if (kept == null) {
      return RawServer.answer(404, "");
    }
    List<String> headers = new ArrayList<>(List.of("ETag: \"e\""));
    headers.add("x-amz-checksum-sha256: " + kept.checksum());
    kept.said().head().lines().filter(line -> line.startsWith("x-amz-meta-")).forEach(headers::add);
    headers.addAll(said);
    return RawServer.answer(200, "", headers.toArray(String[]::new));
  }

  private Optional<String> wrong(RawServer.Seen request, byte[] body) {
    boolean locks = !request.values("x-amz-object-lock-mode").isEmpty();
    if (locks && !hasLock) {
      return Optional.of(RawServer.error(400, "InvalidRequest"));
    }
    List<String> checksum = request.values("x-amz-checksum-sha256");
    boolean isPut = request.requestLine().startsWith("PUT ");
    if (locks && isPut && checksum.isEmpty() && request.values("Content-MD5").isEmpty()) {
      return Optional.of(RawServer.error(400, "InvalidRequest"));
    }
    return checksum.isEmpty() || checksum.getFirst().equals(base64(Hashing.sha256(body)))
        ? Optional.empty()
        : Optional.of(RawServer.error(400, "XAmzContentChecksumMismatch"));
  }

  private String put(RawServer.Seen request, String key) {
    Kept kept = new Kept(request.body(), request, base64(Hashing.sha256(request.body())));
    return wrong(request, request.body())
        .orElseGet(() ->
            objects.putIfAbsent(key, kept) == null
                ? RawServer.kept()
                : RawServer.error(412, "PreconditionFailed"));
  }

  private String begin(RawServer.Seen request, String key) {
    Optional<String> wrong = wrong(request, request.body());
    if (wrong.isPresent()) {
      return wrong.get();
    }
    String id = "upload-" + nextUpload.incrementAndGet();
    uploads.put(id, new Begun(key, request, Attempts.CREATED, new TreeMap<>()));
    return xml(
        "<InitiateMultipartUploadResult><Key>%s</Key><UploadId>%s</UploadId></InitiateMultipartUploadResult>"
            .formatted(key, id));
  }

  private String part(RawServer.Seen request, Map<String, String> query) {
    Begun upload = uploads.get(query.getOrDefault("uploadId", ""));
    if (upload == null) {
      return RawServer.error(404, "NoSuchUpload");
    }
    Optional<String> wrong = wrong(request, request.body());
    if (wrong.isPresent()) {
      return wrong.get();
    }
    upload.parts().put(Integer.parseInt(query.getOrDefault("partNumber", "0")), request.body());
    return RawServer.kept();
  }

  private String complete(RawServer.Seen request, Map<String, String> query) {
    Begun upload = uploads.get(query.getOrDefault("uploadId", ""));
    if (upload == null) {
      return RawServer.error(404, "NoSuchUpload");
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    Matcher parts = PART.matcher(new String(request.body(), StandardCharsets.UTF_8));
    int count = 0;
    while (parts.find()) {
      byte[] part = upload.parts().get(Integer.parseInt(parts.group(1)));
      boolean isLast = parts.group(1).equals(Integer.toString(upload.parts().size()));
      if (part == null) {
        return RawServer.error(400, "InvalidPart");
      }
      if (!isLast && part.length < PART_SIZE) {
        return RawServer.error(400, "EntityTooSmall");
      }
      content.writeBytes(part);
      hashes.writeBytes(Hashing.sha256(part));
      count++;
    }
    String checksum = base64(Hashing.sha256(hashes.toByteArray())) + "-" + count;
    boolean isConditional = request.values("If-None-Match").equals(List.of("*"));
    Kept kept = new Kept(content.toByteArray(), upload.said(), checksum);
    if (isConditional && objects.putIfAbsent(upload.key(), kept) != null) {
      return RawServer.error(412, "PreconditionFailed");
    }
    objects.put(upload.key(), kept);
    uploads.remove(query.getOrDefault("uploadId", ""));
    return xml(
        "<CompleteMultipartUploadResult><ETag>\"e-%d\"</ETag><ChecksumSHA256>%s</ChecksumSHA256></CompleteMultipartUploadResult>"
            .formatted(count, checksum));
  }

  private static String xml(String body) {
    return RawServer.answer(200, XML + body, "Content-Type: application/xml");
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
