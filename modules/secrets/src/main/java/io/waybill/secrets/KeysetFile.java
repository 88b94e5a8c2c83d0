package io.waybill.secrets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Files of keys: who may read them, that none is lost, and that a change is whole or not at all.
 */
final class KeysetFile {
  private static final long MAX_BYTES = 1024 * 1024;
  private static final String MISSING_KEYSET =
      "without it credentials can neither be sealed nor opened, and Waybill does not start. Put the"
          + " installation's keyset there (all its processes share one), correct the path in the"
          + " configuration, or, for a new installation only, generate one with `waybill keys"
          + " init`";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private KeysetFile() {}

  /** Whether anything has that name, a link to nowhere included. */
  static boolean isThere(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * The bytes of a keyset file.
   *
   * @throws KeysetException when there is none, or others can read it
   */
  static byte[] read(Path path) {
    return read(path, "keyset file", MISSING_KEYSET);
  }

  /**
   * The bytes of a file of keys.
   *
   * @param what what it is, in words
   * @param missing what its absence means and what to do
   * @throws KeysetException when there is none, or others can read it
   */
  static byte[] read(Path path, String what, String missing) {
    Path file = path.toAbsolutePath();
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (!attributes.isRegularFile() || attributes.size() > MAX_BYTES) {
        throw new KeysetException(
            file
                + " is not a "
                + what
                + " (it is a folder, a device or larger than 1 MiB); correct the path in the"
                + " configuration");
      }
      Optional<String> problem = PrivateFile.problem(file, "the " + what);
      if (problem.isPresent()) {
        throw new KeysetException(
            problem.get() + ", and rotate the keys if somebody may have read them");
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new KeysetException("there is no " + what + " at " + file + "; " + missing, e);
    } catch (AccessDeniedException e) {
      throw new KeysetException(
          "the "
              + what
              + " "
              + file
              + " cannot be read by this process; make its user the owner: chown USER '"
              + file
              + "' && chmod 600 '"
              + file
              + "'",
          e);
    } catch (IOException e) {
      throw new KeysetException("the " + what + " " + file + " cannot be read: " + e, e);
    }
  }

  /** Writes a new file. */
  static void create(Path path, byte[] content) {
    if (!createUnlessThere(path, content)) {
      throw new KeysetException(
          path.toAbsolutePath()
              + " exists and is not overwritten: what is sealed with its keys could never be opened"
              + " again. Choose another name, or move the file away if you are sure");
    }
  }

  /** Writes a new file, whole and readable only by its owner; false when the name is taken. */
  static boolean createUnlessThere(Path path, byte[] content) {
    Path file = path.toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null) {
      throw new KeysetException(file + " is not a file name; correct the path");
    }
    try {
      Files.createDirectories(folder);
      Path temporary = Files.createTempFile(folder, ".keyset", ".tmp", ownerOnly(folder));
      try {
        write(temporary, content);
        if (!publish(temporary, file)) {
          return false;
        }
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncFolder(folder);
      return true;
    } catch (IOException e) {
      throw new KeysetException(
          "the keyset file "
              + file
              + " cannot be written: "
              + e
              + ". Check that this process's user may write to "
              + folder,
          e);
    }
  }

  /**
   * Changes a file of keys: what {@code change} makes of it takes its place, whole or not at all.
   * One process at a time; owner, group and mode stay.
   *
   * @param change is called while nobody else can change the file; when it throws, the file stays
   * @throws KeysetException when the file cannot be replaced, or another process is changing it
   */
  static void change(Path path, Supplier<byte[]> change) {
    Path file = path.toAbsolutePath();
    Path folder = Objects.requireNonNull(file.getParent(), "a file has a folder");
    Path lockFile = folder.resolve("." + file.getFileName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(channel)) {
      if (lock == null) {
        throw new KeysetException(
            file + " is being changed by another process; try again when that has ended");
      }
      if (Files.isSymbolicLink(file)) {
        throw new KeysetException(
            file
                + " is a link, as mounted secrets are: change a copy of it, and put that in place"
                + " of the secret");
      }
      byte[] content = change.get();
      Path temporary = Files.createTempFile(folder, ".keyset", ".tmp", ownerOnly(folder));
      try {
        write(temporary, content);
        keepOwner(file, temporary);
        Files.move(
            temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(temporary);
      }
      syncFolder(folder);
    } catch (IOException e) {
      throw new KeysetException(
          file
              + " cannot be changed: "
              + e
              + ". Run this as the user who owns it, where its folder can be written to",
          e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this process.
      return null;
    }
  }

  /** Root may change the keys of another user, who must still be able to read them. */
  private static void keepOwner(Path from, Path to) throws IOException {
    @Nullable PosixFileAttributeView before =
        Files.getFileAttributeView(from, PosixFileAttributeView.class);
    @Nullable PosixFileAttributeView after =
        Files.getFileAttributeView(to, PosixFileAttributeView.class);
    if (before == null || after == null) {
      return;
    }
    PosixFileAttributes wanted = before.readAttributes();
    PosixFileAttributes is = after.readAttributes();
    if (!wanted.group().equals(is.group())) {
      after.setGroup(wanted.group());
    }
    if (!wanted.owner().equals(is.owner())) {
      after.setOwner(wanted.owner());
    }
    after.setPermissions(wanted.permissions());
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    boolean posix = Files.getFileStore(folder).supportsFileAttributeView("posix");
    return posix
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static void write(Path file, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** A hard link is the one atomic way to take a name only if it is free. */
  private static boolean publish(Path temporary, Path file) throws IOException {
    try {
      Files.createLink(file, temporary);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException | UnsupportedOperationException e) {
      // No hard links here. A move does not replace either, only its check is not atomic.
      try {
        Files.move(temporary, file);
        return true;
      } catch (FileAlreadyExistsException taken) {
        return false;
      }
    }
  }

  /** Makes the new name survive a power failure, where folders can be synced at all. */
  private static void syncFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open folders. The content is synced already; at worst a power failure takes
      // the name with it, and the next start says that there is no keyset.
    }
  }
}
