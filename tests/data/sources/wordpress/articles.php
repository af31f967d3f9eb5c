<?php
// Two articles with everything that an editor fills in, and some that readers must not see.
$root = getenv('WORDPRESS_ROOT');
$_SERVER['HTTP_HOST'] = '127.0.0.1';
require "$root/wp-load.php";
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/taxonomy.php';

$ana = wp_insert_user(array(
    'user_login' => 'ana',
    'user_pass' => wp_generate_password(),
    'display_name' => 'Ana Ruiz',
    'role' => 'author',
    'description' => 'Ana Ruiz has covered ports and ferries since 2009. // '
        . 'Ana Ruiz escribe sobre puertos y transbordadores desde 2009.',
));

function picture($caption) {
    $folder = wp_upload_dir();
    $file = $folder['path'] . '/quay.jpg';
    $image = imagecreatetruecolor(1200, 800);
    for ($x = 0; $x < 1200; $x += 40) {  // not one colour: that would be nobody's picture
        imagefilledrectangle($image, $x, 0, $x + 30, 800 - $x / 2, imagecolorallocate($image, $x % 256, 90, 200 - $x % 200));
    }
    imagejpeg($image, $file);
    $media = wp_insert_attachment(
        array('post_mime_type' => 'image/jpeg', 'post_title' => 'quay', 'post_excerpt' => $caption, 'post_status' => 'inherit'),
        $file
    );
    wp_update_attachment_metadata($media, wp_generate_attachment_metadata($media, $file));
    update_post_meta($media, '_wp_attachment_image_alt', 'Cranes at dusk');
    return $media;
}

function article($title, $author, $more) {
    $text = str_repeat("<p>The ferries use the old quay of the harbour again, and nobody knows for how long.</p>\n", 8);
    return wp_insert_post($more + array(
        'post_title' => $title, 'post_content' => $text, 'post_author' => $author, 'post_status' => 'publish',
    ), true);
}

$world = wp_create_category('World & Sea');
$first = article('The “old” quay reopens', $ana, array(
    'post_name' => 'quay',
    'post_excerpt' => 'After two years the ferries are back.',
    'post_category' => array($world),
    'tags_input' => array('harbours', 'ferries'),
    'post_date' => '2024-11-22 07:30:00',
    'post_date_gmt' => '2024-11-22 06:30:00',
));
set_post_thumbnail($first, picture('The quay on Sunday (EFE)'));
// Blocks and galleries are numbered in the order in which a request shows them.
$numbered = '<!-- wp:group {"layout":{"type":"flex","justifyContent":"right"}} --><div class="wp-block-group"><p>A note.</p></div>'
    . '<!-- /wp:group --><p>The owls are here.</p>[gallery ids="' . get_post_thumbnail_id($first) . '"]';
$owls = article('Owls move into the library', $ana, array(
    'post_name' => 'owls', 'post_content' => $numbered,
    'post_date' => '2024-05-05 10:00:00', 'post_date_gmt' => '2024-05-05 08:00:00',
));
$wpdb->update($wpdb->posts, array(
    'post_modified' => wp_date('Y-m-d H:i:s'), 'post_modified_gmt' => gmdate('Y-m-d H:i:s'),
), array('ID' => $owls));
$nests = article('Nests are built', $ana, array(
    'post_name' => 'nests', 'post_content' => $numbered,
    'post_date' => '2024-06-06 10:00:00', 'post_date_gmt' => '2024-06-06 08:00:00',
));
$lechuzas = article('Las lechuzas en la biblioteca', $ana, array('post_name' => 'lechuzas'));
foreach (array($owls => 'en', $lechuzas => 'es') as $post => $language) {
    update_post_meta($post, 'lang', $language);
    update_post_meta($post, 'translations', array('en' => $owls, 'es' => $lechuzas));
}
update_post_meta($nests, 'og_description', 'What the owls made of it.');
article('Behind a password', $ana, array('post_name' => 'closed', 'post_password' => 'x'));
article('Not yet', $ana, array('post_status' => 'draft'));
